package io.asyncio4j;

import java.io.IOException;

/**
 * A connection to a peer: what to read from and what to write to.
 *
 * <p>Counterpart of the pair that {@code asyncio.open_connection} returns, but it can be closed as
 * one.
 */
public final class Connection implements AutoCloseable {
  private final StreamReader reader;
  private final StreamWriter writer;

  Connection(StreamReader reader, StreamWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Returns the input.
   *
   * @return the reader
   */
  public StreamReader reader() {
    return reader;
  }

  /**
   * Returns the output.
   *
   * @return the writer
   */
  public StreamWriter writer() {
    return writer;
  }

  /**
   * Closes the connection as {@link StreamWriter#close()} does, suspending until what was written
   * is sent.
   *
   * @throws IOException if something written could not be sent, and nobody was told so before
   * @throws java.util.concurrent.CancellationException if the task was cancelled while it waited;
   *     closing goes on
   */
  @Override
  public void close() throws IOException {
    writer.close();
  }

  @Override
  public String toString() {
    return "Connection " + writer.localAddress() + " -> " + writer.remoteAddress();
  }
}
