package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Task;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServicesTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  @Test
  void deadService_isUnresponsive_theOthersAnswer() throws IOException {
    assertPrints("4a", () -> loop.run(DeadService::onLoopback));
  }

  @Test
  void unexpectedError_isInTheDoneFuture_withItsStack() throws IOException {
    assertPrints("4b", () -> loop.run(UnexpectedError::onLoopback));
  }

  @Test
  void neverRetrieved_isReportedAtTheEnd() throws IOException {
    assertPrints("4c", () -> loop.run(NeverRetrieved::onLoopback));
    List<LoopErrorContext> reports = loop.takeReports();
    assertThat(reports).hasSize(1);
    assertPrints("4c-report", () -> printAsLogged(reports.getFirst()));
  }

  private static void printAsLogged(LoopErrorContext report) {
    IO.println(report.message() + " [loop main]");
    Objects.requireNonNull(report.exception()).printStackTrace(System.out);
  }

  // region mistake
  private static String fetchIp(HttpClient client, String url) {
    try {
      return client.get(url).json().required("ip").asString();
    } catch (Exception e) { // a fault of ours is "unresponsive" too, and so is a cancel
      return url + " is unresponsive";
    }
  }

  // endregion

  @Test
  void catchException_swallowsTheCancel_debugModeSaysSo() throws IOException {
    assertPrints(
        "4-mistake",
        () -> {
          loop.run(ServicesTest::cancelOne);
          loop.takeReports().forEach(report -> IO.println(report.message()));
        });
  }

  private static void cancelOne() throws IOException {
    EventLoop running = EventLoop.current();
    running.debug(true);
    running.slowCallbackDuration(Duration.ofHours(1)); // a slow machine is not the point
    try (Site site = Site.open();
        HttpClient client = HttpClient.create()) {
      site.add("/ipify", _ -> sleep(Duration.ofHours(1), Site.Reply.ok("")));
      Task<String> ipify = createTask("ipify", () -> fetchIp(client, site.url("/ipify")));
      sleep(Duration.ofSeconds(1));
      ipify.cancel();
      IO.println(ipify.await());
    }
  }
}
