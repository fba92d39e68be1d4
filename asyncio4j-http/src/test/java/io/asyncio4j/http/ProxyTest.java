package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests through a proxy: asked for http, tunnelled for https. */
final class ProxyTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  /** Makes a proxy whose tunnels all end at one port of this machine. */
  private static LoopbackServer tunnelTo(int port) throws IOException {
    return tunnelTo(port, OutputStream.nullOutputStream());
  }

  /** Makes such a proxy, which also notes what the client sends through the tunnel. */
  private static LoopbackServer tunnelTo(int port, OutputStream noted) throws IOException {
    return new LoopbackServer(
        talk -> {
          if (talk.read() == null) {
            return;
          }
          talk.write("HTTP/1.1 200 Connection established\r\n\r\n");
          try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back =
                Thread.ofVirtual()
                    .start(
                        () -> {
                          try {
                            server.getInputStream().transferTo(talk.out());
                          } catch (IOException e) {
                            return; // one of the two ends has closed, as they may
                          }
                        });
            try {
              byte[] buffer = new byte[8192];
              for (int read = talk.in().read(buffer); read >= 0; read = talk.in().read(buffer)) {
                noted.write(buffer, 0, read);
                server.getOutputStream().write(buffer, 0, read);
              }
            } finally {
              server.shutdownInput();
              back.join();
            }
          }
        });
  }

  @Test
  void http_proxySet_asksTheProxyWithTheWholeUrl() throws Exception {
    try (LoopbackServer proxy = LoopbackServer.answering(ok("by proxy"))) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder().proxy("http://me:p%3Aw@127.0.0.1:" + proxy.port()).build()) {
              assertThat(client.get("http://no-such-host.example/x?y").text())
                  .isEqualTo("by proxy");
              client.send(
                  HttpRequest.get("http://no-such-host.example:81/").rawTarget("/a|b").build());
            }
          });
      assertThat(proxy.received.get(0).line())
          .isEqualTo("GET http://no-such-host.example/x?y HTTP/1.1");
      assertThat(proxy.received.get(0).header("Host")).isEqualTo("no-such-host.example");
      assertThat(proxy.received.get(0).header("Proxy-Authorization")).isEqualTo("Basic bWU6cDp3");
      assertThat(proxy.received.get(1).line())
          .isEqualTo("GET http://no-such-host.example:81/a|b HTTP/1.1");
    }
  }

  @Test
  void https_proxySet_goesThroughATunnel() throws Exception {
    try (LoopbackServer server = TlsTest.server("server.p12", false);
        LoopbackServer proxy = tunnelTo(server.port())) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder()
                    .proxy("http://me:pw@127.0.0.1:" + proxy.port())
                    .caFile(TlsTest.file("ca.pem"))
                    .build()) {
              String url = "https://localhost:" + server.port() + "/x";
              assertThat(client.get(url).text()).isEqualTo("secret");
              assertThat(client.get(url).text()).isEqualTo("secret");
            }
          });
      assertThat(proxy.received).hasSize(1);
      assertThat(proxy.received.getFirst().line())
          .isEqualTo("CONNECT localhost:" + server.port() + " HTTP/1.1");
      assertThat(proxy.received.getFirst().header("Proxy-Authorization"))
          .isEqualTo("Basic bWU6cHc=");
      assertThat(server.received).hasSize(2);
      assertThat(server.received.getFirst().line()).isEqualTo("GET /x HTTP/1.1");
      assertThat(server.received.getFirst().header("Proxy-Authorization")).isNull();
    }
  }

  @Test
  void tlsConnection_closed_saysGoodbye() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (LoopbackServer server = TlsTest.server("server.p12", false, "TLSv1.2");
        LoopbackServer proxy = tunnelTo(server.port(), sent)) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder()
                    .proxy("http://127.0.0.1:" + proxy.port())
                    .caFile(TlsTest.file("ca.pem"))
                    .build()) {
              client.get("https://localhost:" + server.port() + "/");
            }
          });
      proxy.awaitTalksEnded();
    }
    byte[] records = sent.toByteArray();
    int type = 0;
    for (int at = 0; at < records.length; ) {
      type = records[at];
      at += 5 + ((records[at + 3] & 0xff) << 8 | (records[at + 4] & 0xff));
    }
    assertThat(type).as("type of the last TLS record, 21 being an alert").isEqualTo(21);
  }

  @Test
  void https_proxyRefusesTheTunnel_throwsProxyException() throws Exception {
    try (LoopbackServer proxy =
        LoopbackServer.answering(
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder().proxy("http://127.0.0.1:" + proxy.port()).build()) {
              assertThatThrownBy(() -> client.get("https://server.example/"))
                  .isInstanceOf(ProxyException.class)
                  .hasMessageContaining("407")
                  .hasMessageContaining("the proxy 127.0.0.1:" + proxy.port() + " made no tunnel");
              assertThat(client.statistics().open()).isZero();
            }
          });
    }
  }

  @Test
  void proxyThatIsNotThere_throwsRefused() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.builder().proxy("http://127.0.0.1:1").build()) {
            assertThatThrownBy(() -> client.get("https://server.example/"))
                .isInstanceOf(ConnectionRefusedException.class)
                .hasMessageContaining("127.0.0.1:1");
          }
        });
  }
}
