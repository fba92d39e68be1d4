package io.asyncio4j.http;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.GatheredResults;
import io.asyncio4j.testing.TestLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of the documentation, which quotes the regions of this file. */
final class SamplesTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private final List<Object> printed = new ArrayList<>();
  private @Nullable LoopbackServer started;
  private String shop = "";

  record Price(String item, int cents) {}

  @BeforeEach
  void startServer() throws Exception {
    started =
        new LoopbackServer(
            talk -> {
              for (LoopbackServer.Received request = talk.read();
                  request != null;
                  request = talk.read()) {
                if (request.target().startsWith("/cut")) {
                  return;
                }
                talk.write(ok("{\"item\":\"tea\",\"cents\":250}"));
              }
            });
    shop = "http://127.0.0.1:" + server().port();
  }

  @AfterEach
  void stopServer() throws Exception {
    server().close();
  }

  private LoopbackServer server() {
    return Objects.requireNonNull(started, "started");
  }

  private void print(Object value) {
    printed.add(value);
  }

  @Test
  void one() throws Exception {
    loop.run(
        () -> {
          // region one
          try (HttpClient client = HttpClient.create()) {
            HttpResponse response = client.get(shop + "/prices/tea"); // suspends this task only
            print(response.status());
            print(response.json(Price.class).cents());
          }
          // endregion
        });
    assertThat(printed).containsExactly(200, 250);
  }

  @Test
  void many() throws Exception {
    loop.run(
        () -> {
          // region many
          try (HttpClient client = HttpClient.builder().maxConnections(20).build()) {
            List<Callable<HttpResponse>> requests = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
              String url = shop + "/prices/" + i;
              requests.add(() -> client.get(url));
            }
            GatheredResults<HttpResponse> results = gatherResults(requests).await();
            print(results.successes().size());
            print(results.exceptionsOfType(ConnectionResetException.class).size());
          }
          // endregion
        });
    assertThat(printed).containsExactly(1000, 0);
  }

  @Test
  void failures() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            // region failures
            try {
              print(client.get(shop + "/cut").raiseForStatus().text());
            } catch (HttpTimeoutException e) {
              print("too slow: " + e.getMessage());
            } catch (ConnectFailedException | HostNotFoundException | TlsException e) {
              print("the server has not seen it: " + e.getMessage());
            } catch (HttpStatusException e) {
              print("it said " + e.status());
            } catch (HttpException e) { // what is left: cut, not HTTP, too large, …
              print(e.getMessage());
            }
            // endregion
          }
        });
    assertThat(printed)
        .containsExactly(
            "GET " + shop + "/cut: the server closed the connection before it answered");
  }

  @Test
  void request() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            // region request
            HttpRequest order =
                HttpRequest.post(shop + "/orders")
                    .query("note", "two cups & milk")
                    .header("X-Customer", "7")
                    .body(HttpBody.json(new Price("tea", 250)))
                    .totalTimeout(Duration.ofSeconds(5))
                    .build();
            HttpResponse response = client.send(order);
            // endregion
            assertThat(response.status()).isEqualTo(200);
          }
        });
    assertThat(server().received.getFirst().line())
        .isEqualTo("POST /orders?note=two%20cups%20%26%20milk HTTP/1.1");
    assertThat(server().received.getFirst().body()).isEqualTo("{\"item\":\"tea\",\"cents\":250}");
  }

  @Test
  void raw() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            // region raw
            HttpRequest again =
                HttpRequest.get(shop)
                    .rawTarget("//tea|{green}/%zz?") // as the log has it, though it is no URL
                    .header("Host", "shop.example")
                    .build();
            print(client.send(again).status());
            // endregion
          }
        });
    assertThat(server().received.getFirst().line()).isEqualTo("GET //tea|{green}/%zz? HTTP/1.1");
  }

  @Test
  void settings() throws Exception {
    Path caFile = TlsTest.file("ca.pem");
    Path certificate = TlsTest.file("client.pem");
    Path key = TlsTest.file("client.key");
    loop.run(
        () -> {
          // region settings
          HttpClientBuilder settings =
              HttpClient.builder()
                  .maxConnections(100) // in all; more requests wait, in order
                  .maxConnectionsPerHost(10)
                  .connectTimeout(Duration.ofSeconds(5))
                  .readTimeout(Duration.ofSeconds(20)) // silence, not the whole answer
                  .followRedirects(true)
                  .maxBodyBytes(1 << 20)
                  .header("User-Agent", "price-list/1.0")
                  .proxy("http://proxy.example:3128")
                  .caFile(caFile)
                  .clientCertificate(certificate, key);
          // endregion
          try (HttpClient client = settings.build()) {
            assertThat(client.statistics().open()).isZero();
          }
        });
  }

  @Test
  void shared() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            // region gather
            List<HttpResponse> both =
                gather(() -> client.get(shop + "/tea"), () -> client.get(shop + "/milk")).await();
            print(both.get(0).json().get("cents").asInt() + both.get(1).length());
            // endregion
          }
        });
    assertThat(printed).containsExactly(250 + 26);
  }
}
