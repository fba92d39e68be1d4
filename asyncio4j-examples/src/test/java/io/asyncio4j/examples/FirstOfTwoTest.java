package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.ConnectionRefusedException;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstOfTwoTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  @Test
  void firstAnswer_isPrinted_theOtherTaskIsReportedAtTheClose() throws IOException {
    EventLoop own =
        EventLoop.create(
            loop.options()
                .withExceptionHandler(
                    report -> IO.println("SEVERE: " + report.message() + " [loop main]")));
    assertPrints("3b", () -> FirstOfTwo.onLoopback(own));
    loop.assertElapsed(Duration.ofMillis(90));
  }

  @Test
  void firstAnswer_theOtherTaskIsCancelled_nothingIsReported() throws IOException {
    assertPrints("3c", () -> loop.run(FirstOfTwoTidy::onLoopback));
    loop.assertElapsed(Duration.ofMillis(90));
  }

  // region mistake
  private static String firstToEnd(List<Callable<String>> services) throws IOException {
    var tasks = services.stream().map(service -> createTask(service)).toList();
    var answer = waitUntil(FIRST_COMPLETED, tasks);
    answer.pending().forEach(Task::cancel);
    return answer.done().getFirst().<IOException>result();
  }

  // endregion

  // region cure
  private static String firstToSucceed(List<Callable<String>> services)
      throws InterruptedException, ExecutionException {
    return EventLoop.current().invokeAny(services);
  }

  // endregion

  @Test
  void firstToEnd_mayBeAFailure_invokeAnyTakesTheFirstSuccess() throws Exception {
    loop.run(
        () -> {
          try (Site site = Site.open();
              HttpClient client = HttpClient.create()) {
            site.add("/good", _ -> Reply.ok("192.0.2.7").after(Duration.ofMillis(90)));
            String dead = Site.deadUrl();
            List<Callable<String>> services =
                List.of(
                    () -> client.get(site.url("/good")).text(), //
                    () -> client.get(dead).text());
            assertPrints(
                "3-mistake",
                () -> {
                  try {
                    IO.println(firstToEnd(services));
                  } catch (ConnectionRefusedException e) {
                    IO.println(e);
                  }
                  IO.println(firstToSucceed(services));
                });
          }
        });
  }
}
