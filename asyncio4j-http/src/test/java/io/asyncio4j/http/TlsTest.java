package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS: verified unless switched off by name, with authorities and certificates of one's own. */
final class TlsTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  @RegisterExtension private final TestLoop loop = new TestLoop();

  static Path file(String name) {
    URL url = Objects.requireNonNull(TlsTest.class.getResource(name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file(name))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  /** Makes a server with a certificate, which may ask clients for theirs. */
  static LoopbackServer server(String certificate, boolean clientMustShowOne) throws Exception {
    return server(certificate, clientMustShowOne, "TLSv1.3");
  }

  static LoopbackServer server(String certificate, boolean clientMustShowOne, String protocol)
      throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(certificate), PASSWORD);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store("trusted.p12"));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
    SSLServerSocket listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    listening.setNeedClientAuth(clientMustShowOne);
    listening.setEnabledProtocols(new String[] {protocol});
    return new LoopbackServer(
        listening,
        talk -> {
          while (talk.read() != null) {
            talk.write(ok("secret"));
          }
        });
  }

  private String get(LoopbackServer server, String host, UnaryOperator<HttpClientBuilder> settings)
      throws Exception {
    return loop.run(
        () -> {
          try (HttpClient client = settings.apply(HttpClient.builder()).build()) {
            String url = "https://" + host + ":" + server.port() + "/";
            String text = client.get(url).text();
            client.get(url);
            assertThat(client.statistics().connectionsOpened()).isEqualTo(1);
            return text;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void ownAuthority_nameAndAddressInTheCertificate_isTrusted(String protocol) throws Exception {
    try (LoopbackServer server = server("server.p12", false, protocol)) {
      assertThat(get(server, "127.0.0.1", client -> client.caFile(file("ca.pem"))))
          .isEqualTo("secret");
      assertThat(get(server, "localhost", client -> client.caFile(file("ca.pem"))))
          .isEqualTo("secret");
    }
  }

  @Test
  void unknownAuthority_throwsTlsException() throws Exception {
    try (LoopbackServer server = server("server.p12", false)) {
      assertThatThrownBy(() -> get(server, "127.0.0.1", UnaryOperator.identity()))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("unable to find valid certification path")
          .hasMessageContaining("caFile");
      assertThat(server.received).isEmpty();
    }
  }

  @Test
  void certificateForAnotherHost_throwsTlsException() throws Exception {
    try (LoopbackServer server = server("other.p12", false)) {
      assertThatThrownBy(() -> get(server, "127.0.0.1", client -> client.caFile(file("ca.pem"))))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("127.0.0.1");
      assertThatThrownBy(() -> get(server, "localhost", client -> client.caFile(file("ca.pem"))))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("localhost");
      assertThat(server.received).isEmpty();
    }
  }

  @Test
  void insecure_namedExplicitly_acceptsAnything() throws Exception {
    try (LoopbackServer server = server("other.p12", false)) {
      assertThat(get(server, "127.0.0.1", HttpClientBuilder::insecureTrustAnyCertificate))
          .isEqualTo("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientCertificate_askedFor_isShown(String protocol) throws Exception {
    try (LoopbackServer server = server("server.p12", true, protocol)) {
      assertThat(
              get(
                  server,
                  "127.0.0.1",
                  client ->
                      client
                          .caFile(file("ca.pem"))
                          .clientCertificate(file("client.pem"), file("client.key"))))
          .isEqualTo("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientCertificate_askedForButMissing_throwsTlsException(String protocol) throws Exception {
    try (LoopbackServer server = server("server.p12", true, protocol)) {
      assertThatThrownBy(() -> get(server, "127.0.0.1", client -> client.caFile(file("ca.pem"))))
          .isInstanceOf(TlsException.class);
      assertThat(server.received).isEmpty();
    }
  }

  @Test
  void serverWithoutTls_throwsTlsException() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.in().read();
              talk.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
              talk.awaitEnd();
            })) {
      assertThatThrownBy(() -> get(server, "127.0.0.1", UnaryOperator.identity()))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("does not speak TLS");
    }
  }

  @Test
  void serverThatHangsUpInTheHandshake_throwsTlsException() throws Exception {
    try (LoopbackServer server = new LoopbackServer(talk -> talk.in().read())) {
      assertThatThrownBy(() -> get(server, "127.0.0.1", UnaryOperator.identity()))
          .isInstanceOf(TlsException.class);
    }
  }

  @Test
  void files_thatCannotBeUsed_areRefusedWhenTheClientIsMade(@TempDir Path directory)
      throws Exception {
    Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");
    loop.run(
        () -> {
          HttpClientBuilder missing = HttpClient.builder().caFile(directory.resolve("none.pem"));
          assertThatThrownBy(missing::build)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("none.pem cannot be read");
          assertThatThrownBy(HttpClient.builder().caFile(text)::build)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("text.pem");
          assertThatThrownBy(HttpClient.builder().clientCertificate(text, text)::build)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("PKCS#8");
          HttpClientBuilder both =
              HttpClient.builder().caFile(file("ca.pem")).insecureTrustAnyCertificate();
          assertThatThrownBy(both::build).hasMessageContaining("choose one");
        });
  }
}
