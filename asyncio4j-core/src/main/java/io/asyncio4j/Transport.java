package io.asyncio4j;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What carries the bytes of a reader and a writer. All methods are for the loop's thread; only
 * {@link #read}, {@link #drain} and {@link #waitClosed} suspend.
 */
interface Transport {
  /**
   * Reads what is there, or suspends the calling task until something is.
   *
   * @return how many bytes, at least 1, or -1 at the end of the stream or after it was closed
   */
  int read(ByteBuffer into) throws IOException;

  /** Takes all bytes, sends what can be sent at once and the rest when it can be sent. */
  void write(ByteBuffer bytes) throws IOException;

  /** Suspends while more is unsent than the high-water mark, down to the low-water mark. */
  void drain() throws IOException;

  /** Ends the output when all that was written is sent. */
  void writeEof() throws IOException;

  boolean canWriteEof();

  /** Begins to close: what was written is sent first. */
  void close();

  /** Closes at once; what is unsent is lost. */
  void abort();

  boolean isClosing();

  /**
   * Suspends until the transport is closed.
   *
   * @throws IOException if something written could not be sent and nobody was told so
   */
  void waitClosed() throws IOException;

  /** Returns how many written bytes have not been sent. */
  long unsentBytes();

  /** Has a callback run when the transport is closed, or now if it is. */
  void onClosed(Runnable callback);

  default @Nullable SocketAddress localAddress() {
    return null;
  }

  default @Nullable SocketAddress remoteAddress() {
    return null;
  }

  default @Nullable SSLSession tlsSession() {
    return null;
  }
}
