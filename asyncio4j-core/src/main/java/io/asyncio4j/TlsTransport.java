package io.asyncio4j;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a socket.
 *
 * <p>It says goodbye before it closes, and waits a while for the peer's, as asyncio does; a stream
 * that ended without one is reported as possibly cut.
 */
final class TlsTransport implements Transport {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final EventLoop loop;
  private final SocketTransport socket;
  private final SSLEngine engine;
  private final TlsSettings settings;

  /** What came from the socket and is not decrypted yet, from 0 to its position. */
  private ByteBuffer encryptedIn;

  /** What is decrypted and not read yet, from its position to its limit. */
  private ByteBuffer plainIn;

  private ByteBuffer encryptedOut;
  private @Nullable TimerHandle shutdownTimer;
  private boolean inputEnded;
  private boolean closing;

  TlsTransport(EventLoop loop, SocketTransport socket, SSLContext context, TlsSettings settings) {
    this.loop = loop;
    this.socket = socket;
    this.settings = settings;
    engine = settings.newEngine(context);
    int packet = engine.getSession().getPacketBufferSize();
    encryptedIn = ByteBuffer.allocate(packet);
    encryptedOut = ByteBuffer.allocate(packet);
    plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
  }

  // ---- the handshake

  /**
   * Does the handshake. If it fails, the socket is closed.
   *
   * @param early what was received already
   */
  void handshake(byte[] early) throws IOException {
    encryptedIn = withRoom(encryptedIn, early.length).put(early);
    boolean done = false;
    try {
      engine.beginHandshake();
      Asyncio.timeout(settings.handshakeTimeout(), this::exchange);
      done = true;
    } catch (TimeoutException e) {
      throw new SSLException(
          "TLS handshake with "
              + socket.remoteAddress()
              + " was not done within "
              + settings.handshakeTimeout(),
          e);
    } catch (SSLException e) {
      sendAlert();
      socket.close();
      done = true; // as far as the socket is concerned
      throw e;
    } finally {
      if (!done) {
        socket.abort();
      }
    }
  }

  private void exchange() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> wrap(NOTHING.duplicate());
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (unwrap().getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !readMore()) {
            throw new SSLException(
                "the connection to " + socket.remoteAddress() + " ended in the TLS handshake");
          }
          if (inputEnded) {
            throw new SSLException(socket.remoteAddress() + " said goodbye in the TLS handshake");
          }
        }
        case NEED_TASK -> runTasks();
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Tells the peer why the handshake failed, as far as it can still be told. */
  private void sendAlert() {
    try {
      boolean more = true;
      while (more && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        more = wrap(NOTHING.duplicate());
      }
    } catch (IOException e) {
      socket.failureTold(); // the caller is told why the handshake failed, which is the cause
    }
  }

  // ---- reading

  @Override
  public int read(ByteBuffer into) throws IOException {
    socket.letOthersRun();
    while (!plainIn.hasRemaining()) {
      if (inputEnded || closing) {
        return -1;
      }
      SSLEngineResult result;
      try {
        result = unwrap();
        continueHandshake();
      } catch (SSLException e) {
        sendAlert();
        socket.close();
        throw e;
      }
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW
          && !readMore()
          && !closing) {
        truncated();
      }
    }
    int n = Math.min(into.remaining(), plainIn.remaining());
    into.put(plainIn.slice(plainIn.position(), n));
    plainIn.position(plainIn.position() + n);
    return n;
  }

  private void truncated() throws SSLException {
    inputEnded = true;
    socket.close();
    throw new SSLException(
        "the connection to "
            + socket.remoteAddress()
            + " ended without TLS's close_notify; what was received may be cut");
  }

  /** Reads from the socket, suspending for it; returns false at its end, or if this was closed. */
  private boolean readMore() throws IOException {
    encryptedIn = withRoom(encryptedIn, 1);
    while (true) {
      int n = socket.readNow(encryptedIn);
      if (n != 0) {
        return n > 0;
      }
      socket.awaitReadable();
      if (closing) {
        return false;
      }
    }
  }

  /** Decrypts at most one record, into {@link #plainIn}, which is empty. */
  private SSLEngineResult unwrap() throws SSLException {
    encryptedIn.flip();
    try {
      while (true) {
        plainIn.clear();
        SSLEngineResult result = engine.unwrap(encryptedIn, plainIn);
        plainIn.flip();
        switch (result.getStatus()) {
          case BUFFER_OVERFLOW ->
              plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
          case CLOSED -> {
            inputEnded = true;
            return result;
          }
          default -> {
            return result;
          }
        }
      }
    } finally {
      encryptedIn.compact();
    }
  }

  /** Does what a record that was no data asks for, such as new keys. */
  private void continueHandshake() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          if (!wrap(NOTHING.duplicate())) {
            return;
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int room) {
    if (buffer.remaining() >= room) {
      return buffer;
    }
    return ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + room))
        .put(buffer.flip());
  }

  // ---- writing

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    loop.checkThread("write");
    if (closing) {
      throw new IOException(this + " was closed; nothing more can be written");
    }
    do {
      if (!wrap(bytes)) {
        throw new IOException(
            this + " has ended: the peer said goodbye, and its TLS version ends both ways at once");
      }
    } while (bytes.hasRemaining());
  }

  /** Encrypts at most one record and sends it; returns false if the output has ended. */
  private boolean wrap(ByteBuffer bytes) throws IOException {
    while (true) {
      encryptedOut.clear();
      SSLEngineResult result = engine.wrap(bytes, encryptedOut);
      switch (result.getStatus()) {
        case BUFFER_OVERFLOW ->
            encryptedOut = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        case CLOSED -> {
          sendEncrypted();
          return false;
        }
        default -> {
          sendEncrypted();
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && bytes.hasRemaining()) {
            if (result.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
              throw new SSLException(
                  this + " cannot write while the peer negotiates anew; have the peer not do that");
            }
            runTasks();
          }
          return true;
        }
      }
    }
  }

  private void sendEncrypted() throws IOException {
    encryptedOut.flip();
    if (encryptedOut.hasRemaining()) {
      socket.write(encryptedOut);
    }
  }

  @Override
  public void drain() throws IOException {
    socket.drain();
  }

  @Override
  public void writeEof() {
    throw new UnsupportedOperationException(
        "TLS cannot end its output alone; close the connection instead");
  }

  @Override
  public boolean canWriteEof() {
    return false;
  }

  // ---- the end

  @Override
  public void close() {
    loop.checkThread("close");
    if (closing || socket.isClosing()) {
      return;
    }
    closing = true;
    engine.closeOutbound();
    try {
      boolean more = true;
      while (more && !engine.isOutboundDone()) {
        more = wrap(NOTHING.duplicate());
      }
    } catch (IOException e) {
      socket.lost(e); // unless the socket knows already
      return;
    }
    socket.wakeReader();
    if (!inputEnded) {
      shutdownTimer = loop.callLater(settings.shutdownTimeout(), socket::close);
    }
    awaitGoodbye();
  }

  /**
   * Reads on until the peer's close_notify and throws away what comes: closing a socket that has
   * unread data would take back what was sent.
   */
  private void awaitGoodbye() {
    try {
      while (!inputEnded) {
        if (unwrap().getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
          encryptedIn = withRoom(encryptedIn, 1);
          int n = socket.readNow(encryptedIn);
          if (n == 0) {
            socket.onReadable(this::awaitGoodbye);
            return;
          }
          inputEnded = n < 0;
        }
      }
    } catch (IOException e) {
      inputEnded = true; // it is the end, though no polite one, and nobody reads any more
      socket.failureTold();
    }
    if (shutdownTimer != null) {
      shutdownTimer.cancel();
    }
    socket.close();
  }

  @Override
  public void abort() {
    closing = true;
    if (shutdownTimer != null) {
      shutdownTimer.cancel();
    }
    socket.abort();
  }

  @Override
  public boolean isClosing() {
    return closing || socket.isClosing();
  }

  @Override
  public void waitClosed() throws IOException {
    socket.waitClosed();
  }

  @Override
  public long unsentBytes() {
    return socket.unsentBytes();
  }

  @Override
  public void onClosed(Runnable callback) {
    socket.onClosed(callback);
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  @Override
  public SSLSession tlsSession() {
    return engine.getSession();
  }

  @Override
  public String toString() {
    return "TLS " + socket;
  }
}
