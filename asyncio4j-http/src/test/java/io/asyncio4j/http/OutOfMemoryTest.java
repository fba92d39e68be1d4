package io.asyncio4j.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.Asyncio;
import io.asyncio4j.fixtures.ForkedJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Too little memory is a fault of the program, and must not look like one of the server. */
final class OutOfMemoryTest {
  @Test
  void get_bodyLargerThanTheHeap_isOutOfMemoryErrorNotReset() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(List.of("-Xmx48m", ForkedJvm.FULL_MODE), LargeBody.class);

    assertThat(outcome.output())
        .contains("java.lang.OutOfMemoryError")
        .doesNotContain("ConnectionReset", "answered");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class LargeBody {
    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS = 1400;

    public static void main(String[] args) throws IOException {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Thread.ofPlatform().daemon().start(() -> serve(server));
        Asyncio.run(
            () -> {
              try (HttpClient client = HttpClient.create()) {
                client.get("http://127.0.0.1:" + server.getLocalPort() + "/");
                System.out.println("answered");
              } catch (HttpException | OutOfMemoryError e) {
                System.out.println(e);
              }
            });
      }
    }

    private static void serve(ServerSocket server) {
      try (Socket peer = server.accept()) {
        OutputStream out = peer.getOutputStream();
        out.write(
            ("HTTP/1.1 200 OK\r\nContent-Length: " + CHUNK * CHUNKS + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        byte[] chunk = new byte[CHUNK];
        for (int i = 0; i < CHUNKS; i++) {
          out.write(chunk);
        }
      } catch (IOException e) {
        System.out.println("server: " + e);
      }
    }
  }
}
