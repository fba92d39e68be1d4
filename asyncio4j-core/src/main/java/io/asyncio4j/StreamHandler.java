package io.asyncio4j;

/**
 * What a server does with each connection, in a task of its own.
 *
 * <p>Counterpart of the {@code client_connected_cb} of {@code asyncio.start_server}.
 */
@FunctionalInterface
public interface StreamHandler {
  /**
   * Serves one connection. The server closes it when this ends, after sending what was written.
   *
   * @param reader the connection's input
   * @param writer the connection's output
   * @throws Exception what goes to the loop's exception handler; a cancellation does not
   */
  void handle(StreamReader reader, StreamWriter writer) throws Exception;
}
