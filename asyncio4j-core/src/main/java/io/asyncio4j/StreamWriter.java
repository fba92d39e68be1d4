package io.asyncio4j;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The output of a connection or of a process.
 *
 * <p>What is written is taken whole and in order, sent at once as far as the system takes it, and
 * the rest as soon as it does. {@link #write(byte[])} suspends the calling task while more than 64
 * KiB are unsent, until no more than 16 KiB are, so that memory stays bounded when the peer is
 * slow. {@link #writeNow} does not suspend, as asyncio's {@code write}.
 *
 * <p>All methods are for the loop's thread; those that suspend are for its tasks. Several tasks may
 * write; what each call wrote stays together.
 *
 * <p><b>Cancellation.</b> A write that is cancelled while it waits has been taken whole all the
 * same, and will be sent: the stream is never cut in the middle of it.
 *
 * <p><b>Errors.</b> A failure to send is thrown by the call that met it. One that came while nobody
 * called is thrown by the next call, {@link #close()} included, and by all later ones that write.
 *
 * <p>Counterpart of {@code asyncio.StreamWriter}, but {@code write} is {@code write} and {@code
 * drain} in one, and {@code close} waits.
 */
public final class StreamWriter implements AutoCloseable {
  private final StreamConnection connection;

  StreamWriter(StreamConnection connection) {
    this.connection = connection;
  }

  /**
   * Writes bytes as this class says, suspending while too much is unsent. It does not wait until
   * the peer has them.
   *
   * <p>Two tasks that write much to each other, and read only afterwards, wait for each other for
   * ever; read in a task of its own, or use {@link #writeNow}.
   *
   * <p>Counterpart of {@code writer.write(data); await writer.drain()}.
   *
   * @param data the bytes, which are copied or sent before this returns
   * @throws IOException if the connection is broken or closed
   * @throws IllegalStateException after {@link #writeEof}, or if it must wait and the caller is no
   *     task; the bytes are taken then
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws CancellationException if the task was cancelled while it waited; the bytes are taken
   */
  public void write(byte[] data) throws IOException {
    writeNow(data);
    drain();
  }

  /**
   * Writes a text in UTF-8, as {@link #write(byte[])} does.
   *
   * @param text the text
   * @throws IOException if the connection is broken or closed
   */
  public void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the bytes that are left in a buffer, as {@link #write(byte[])} does. Its position is at
   * its limit afterwards.
   *
   * @param data the bytes
   * @throws IOException if the connection is broken or closed
   */
  public void write(ByteBuffer data) throws IOException {
    connection.transport().write(data);
    drain();
  }

  /**
   * Writes several pieces, which stay together, as {@link #write(byte[])} does.
   *
   * <p>Counterpart of {@code StreamWriter.writelines}.
   *
   * @param pieces the bytes
   * @throws IOException if the connection is broken or closed
   */
  public void writeAll(Collection<byte[]> pieces) throws IOException {
    int size = pieces.stream().mapToInt(piece -> piece.length).reduce(0, Math::addExact);
    ByteBuffer joined = ByteBuffer.allocate(size);
    pieces.forEach(joined::put);
    write(joined.flip());
  }

  /**
   * Takes bytes without suspending, however much is unsent. Follow it with {@link #drain}, or
   * memory is not bounded. The form for callbacks.
   *
   * <p>Counterpart of {@code StreamWriter.write}.
   *
   * @param data the bytes, which are copied or sent before this returns
   * @throws IOException if the connection is broken or closed
   * @throws IllegalStateException after {@link #writeEof}
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void writeNow(byte[] data) throws IOException {
    connection.transport().write(ByteBuffer.wrap(data));
  }

  /**
   * Suspends the calling task while more than 64 KiB were unsent, until no more than 16 KiB are.
   * Returns at once otherwise.
   *
   * <p>Counterpart of {@code StreamWriter.drain}.
   *
   * @throws IOException if the connection is broken or closed
   * @throws CancellationException if the task was cancelled while it waited
   */
  public void drain() throws IOException {
    connection.transport().drain();
  }

  /**
   * Ends the output when all that was written is sent; the peer's reader then meets the end.
   * Reading goes on. Does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.write_eof}.
   *
   * @throws IOException if the connection is broken or closed
   * @throws UnsupportedOperationException if {@link #canWriteEof} is false
   */
  public void writeEof() throws IOException {
    connection.transport().writeEof();
  }

  /**
   * Tells whether the output can be ended alone. Does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.can_write_eof}.
   *
   * @return false for TLS, where asyncio has it false too
   */
  public boolean canWriteEof() {
    return connection.transport().canWriteEof();
  }

  /**
   * Closes the connection, its input too: what was written is sent first. A task that reads meets
   * the end of the stream. Suspends the calling task until it is closed; called outside a task it
   * only begins. Closing twice has no effect.
   *
   * <p>A peer that does not read can make this wait for ever: put it into a {@link
   * Asyncio#timeout}, or use {@link #abort}.
   *
   * <p>Counterpart of {@code writer.close(); await writer.wait_closed()}.
   *
   * @throws IOException if something written could not be sent, and nobody was told so before
   * @throws CancellationException if the task was cancelled while it waited; closing goes on
   */
  @Override
  public void close() throws IOException {
    connection.transport().close();
    if (Task.current() != null) {
      waitClosed();
    }
  }

  /**
   * Begins to close as {@link #close()} does, and does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.close}.
   */
  public void beginClose() {
    connection.transport().close();
  }

  /**
   * Closes the connection at once; what is unsent is lost. Does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.transport.abort}.
   */
  public void abort() {
    connection.transport().abort();
  }

  /**
   * Tells whether the connection is closed or about to be. Does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.is_closing}.
   *
   * @return whether {@link #close()} was called or the connection broke
   */
  public boolean isClosing() {
    return connection.transport().isClosing();
  }

  /**
   * Suspends the calling task until the connection is closed, by whomever.
   *
   * <p>Counterpart of {@code StreamWriter.wait_closed}.
   *
   * @throws IOException if something written could not be sent, and nobody was told so before
   * @throws CancellationException if the task was cancelled while it waited
   */
  public void waitClosed() throws IOException {
    connection.transport().waitClosed();
  }

  /**
   * Returns how many written bytes have not been sent. Does not suspend.
   *
   * <p>Counterpart of {@code StreamWriter.transport.get_write_buffer_size}.
   *
   * @return bytes
   */
  public long unsentBytes() {
    return connection.transport().unsentBytes();
  }

  /**
   * Encrypts the connection from now on. Suspends the calling task until the handshake is done.
   * Both sides must do it at the same point of what they say to each other.
   *
   * <p>The side that connected checks the other's certificate against the host that it connected
   * to.
   *
   * <p>Counterpart of {@code StreamWriter.start_tls}.
   *
   * @param context the keys and what is trusted
   * @throws javax.net.ssl.SSLException if the handshake failed; the connection is closed
   * @throws IOException if the connection is broken or closed
   * @throws IllegalStateException if the connection is encrypted already, or is none of the network
   * @throws CancellationException if the task was cancelled; the connection is closed
   */
  public void startTls(SSLContext context) throws IOException {
    connection.startTls(context);
  }

  /**
   * Returns the address of this end. Does not suspend.
   *
   * <p>Counterpart of {@code get_extra_info('sockname')}.
   *
   * @return the address, or null for a process's pipe
   */
  public @Nullable SocketAddress localAddress() {
    return connection.transport().localAddress();
  }

  /**
   * Returns the address of the other end. Does not suspend.
   *
   * <p>Counterpart of {@code get_extra_info('peername')}.
   *
   * @return the address, or null for a process's pipe
   */
  public @Nullable SocketAddress remoteAddress() {
    return connection.transport().remoteAddress();
  }

  /**
   * Returns the TLS session: protocol, cipher, the peer's certificates. Does not suspend.
   *
   * <p>Counterpart of {@code get_extra_info('ssl_object')}.
   *
   * @return the session, or null if the connection is not encrypted
   */
  public @Nullable SSLSession tlsSession() {
    return connection.transport().tlsSession();
  }

  @Override
  public String toString() {
    return "StreamWriter of " + connection.transport();
  }
}
