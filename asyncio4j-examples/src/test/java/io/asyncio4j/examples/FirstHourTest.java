package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.asyncio4j.Future;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Queue;
import io.asyncio4j.testing.AsyncTest;
import io.asyncio4j.testing.TestLoop;
import io.asyncio4j.testing.TestScope;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the entrance of the tutorial shows. */
class FirstHourTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  // region gather
  static String greet(String name) {
    sleep(ofSeconds(1)); // any blocking call would do: a socket, JDBC, Thread.sleep
    return "hello " + name;
  }

  static void greetAll() {
    List<String> greetings = gather(() -> greet("Ada"), () -> greet("Grace")).await();
    IO.println(greetings); // after one second, not two
  }

  // endregion

  @Test
  void gather_greetsBothInASecond() throws IOException {
    assertPrints("0-gather", () -> loop.run(FirstHourTest::greetAll));
    loop.assertElapsed(ofSeconds(1));
  }

  // region test
  @AsyncTest
  void greetings_ofTwo_takeASecond(TestScope scope) {
    assertEquals(
        List.of("hello Ada", "hello Grace"),
        gather(() -> greet("Ada"), () -> greet("Grace")).await());
    scope.assertElapsed(ofSeconds(1)); // on the virtual clock: no time at all passes
  }

  // endregion

  @Test
  void mistake_noLoop() throws IOException {
    Throwable thrown =
        catchThrowable(
            () -> {
              // region outside
              greet("Ada"); // in main, without run(() -> ...)
              // endregion
            });
    String message =
        thrown.toString().replace(Thread.currentThread().toString(), "Thread[#3,main,5,main]");
    assertPrints("0-outside", () -> IO.println(message));
  }

  @Test
  void mistake_runInsideRun() throws IOException {
    Throwable thrown =
        catchThrowable(
            () ->
                loop.run(
                    () -> {
                      // region nested
                      run(FirstHourTest::greetAll); // in a task; call greetAll() instead
                      // endregion
                    }));
    assertPrints("0-nested", () -> IO.println(thrown));
  }

  @Test
  void mistake_noAwait() throws IOException {
    loop.run(
        () -> {
          // region forgotten
          createTask("save", () -> Integer.parseInt("twelve")); // and nobody awaits it
          // endregion
          sleep(ofSeconds(1));
        });
    List<LoopErrorContext> reports = loop.takeReports();
    assertThat(reports).hasSize(1);
    assertPrints(
        "0-forgotten",
        () -> {
          IO.println(reports.getFirst().message());
          IO.println(reports.getFirst().exception());
        });
  }

  @Test
  void mistake_waitsForEver() throws IOException {
    Throwable thrown =
        catchThrowable(
            () ->
                loop.run(
                    () -> {
                      // region stuck
                      Queue<String> orders = new Queue<>();
                      Future<String> cook = createTask("cook", orders::get);
                      cook.await(); // nobody puts anything
                      // endregion
                    }));
    assertPrints(
        "0-stuck",
        () ->
            thrown
                .getMessage()
                .lines()
                .filter(line -> !line.contains("at io.asyncio4j.testing"))
                .forEach(IO::println));
  }
}
