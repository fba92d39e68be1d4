package io.asyncio4j.bench.macro;

import io.asyncio4j.Asyncio;
import io.asyncio4j.ServeOptions;
import io.asyncio4j.Server;
import io.asyncio4j.StreamReader;
import io.asyncio4j.StreamWriter;
import io.asyncio4j.Streams;
import java.io.IOException;

/**
 * The server of the row echo over our streams. It prints its name, its version and its port, and
 * ends with its input.
 */
final class EchoServer {
  private static final int MOST = 4096;
  private static final ServeOptions MANY = ServeOptions.defaults().withBacklog(1024);

  private EchoServer() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    System.out.println("asyncio4j");
    System.out.println("JDK " + Runtime.version());
    Asyncio.run(
        () -> {
          try (Server server = Streams.serve(EchoServer::echo, "127.0.0.1", 0, MANY)) {
            System.out.println(server.port());
            Asyncio.toThread(() -> System.in.read());
          }
        });
  }

  private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    byte[] data = reader.read(MOST);
    while (data.length > 0) {
      writer.write(data);
      data = reader.read(MOST);
    }
  }
}
