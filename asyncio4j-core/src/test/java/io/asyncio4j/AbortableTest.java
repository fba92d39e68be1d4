package io.asyncio4j;

import static io.asyncio4j.Asyncio.abortable;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.shielded;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Blocking calls of other libraries that a cancel ends by the library's own means. */
@Tag("foreign-blocking")
class AbortableTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** A request of a library: it waits for an answer, and can be aborted. */
  private final class Request {
    private static final String ABORT = "aborted";

    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private String afterAbort = ABORT;

    String execute() throws IOException, InterruptedException {
      String answer = answers.take();
      if (answer.equals(ABORT)) {
        throw new IOException(answer);
      }
      return answer;
    }

    void abort() {
      loop.mark("abort");
      answers.add(afterAbort);
    }
  }

  private final Request request = new Request();

  private Task<String> asking() {
    Task<String> asking =
        createTask(
            () -> {
              String answer = abortable(request::abort, () -> request.execute());
              loop.mark(answer);
              sleep(Duration.ZERO);
              return answer;
            });
    sleep(Duration.ZERO);
    return asking;
  }

  @Test
  void cancel_abortsTheCallAndItsExceptionIsTheCause() throws Exception {
    loop.run(
        () -> {
          Task<String> asking = asking();
          asking.cancel("enough");
          assertThatThrownBy(asking::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough")
              .hasCauseInstanceOf(IOException.class);
        });
    assertThat(loop.trail()).containsExactly("abort");
  }

  @Test
  void cancel_twice_abortsOnce() throws Exception {
    loop.run(
        () -> {
          Task<String> asking = asking();
          asking.cancel();
          asking.cancel();
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class);
          assertThat(asking.cancelling()).isEqualTo(2);
        });
    assertThat(loop.trail()).containsExactly("abort");
  }

  @Test
  void cancel_callReturnsAllTheSame_valueIsKeptAndTheNextSuspensionThrows() throws Exception {
    loop.run(
        () -> {
          request.afterAbort = "too late to abort";
          Task<String> asking = asking();
          asking.cancel();
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class).hasNoCause();
        });
    assertThat(loop.trail()).containsExactly("abort", "too late to abort");
  }

  @Test
  void cancel_callThatHasAnAnswer_isNotAborted() throws Exception {
    loop.run(
        () -> {
          Task<String> asking = asking();
          request.answers.add("answer");
          asking.cancel();
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("answer");
  }

  @Test
  void cancel_beforeTheCall_callIsNotMade() throws Exception {
    loop.run(
        () -> {
          Task<?> asking =
              createTask(
                  () -> {
                    Asyncio.currentTask().cancel();
                    abortable(request::abort, () -> loop.mark("called"));
                  });
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void interruptFlag_setBeforeTheCall_isACancelAndTheCallIsNotMade() throws Exception {
    loop.run(
        () -> {
          Task<?> asking =
              createTask(
                  () -> {
                    Thread.currentThread().interrupt();
                    abortable(request::abort, () -> loop.mark("called"));
                  });
          assertThatThrownBy(asking::await)
              .isInstanceOf(CancellationException.class)
              .hasMessageContaining("was interrupted");
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void timeout_aroundTheCall_abortsItAndLeavesNothingBehind() throws Exception {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          Duration.ofSeconds(1),
                          () -> abortable(request::abort, () -> request.execute())))
              .isInstanceOf(TimeoutException.class)
              .hasRootCauseInstanceOf(IOException.class);
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          request.answers.add("next");
          assertThat(request.execute()).isEqualTo("next");
          sleep(Duration.ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("abort");
  }

  @Test
  void cancel_ofAShieldedCall_waitsForTheEndOfTheShield() throws Exception {
    loop.run(
        () -> {
          Task<String> asking =
              createTask(
                  () -> {
                    String answer =
                        shielded(() -> abortable(request::abort, () -> request.execute()));
                    loop.mark(answer);
                    sleep(Duration.ZERO);
                    return answer;
                  });
          sleep(Duration.ZERO);
          asking.cancel();
          sleep(Duration.ofSeconds(1));
          request.answers.add("answer");
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("answer");
  }

  @Test
  void cancel_ofACallInACall_abortsTheInnerOne() throws Exception {
    loop.run(
        () -> {
          Task<String> asking =
              createTask(
                  () ->
                      abortable(
                          () -> loop.mark("outer"),
                          () -> abortable(request::abort, () -> request.execute())));
          sleep(Duration.ZERO);
          asking.cancel();
          assertThatThrownBy(asking::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("abort");
  }

  @Test
  void cancel_afterTheCall_interruptsTheNextForeignCallAsEver() throws Exception {
    loop.run(
        () -> {
          request.answers.add("answer");
          Task<String> taking =
              createTask(
                  () -> {
                    abortable(request::abort, () -> request.execute());
                    return request.answers.take();
                  });
          sleep(Duration.ZERO);
          taking.cancel();
          assertThatThrownBy(taking::await)
              .isInstanceOf(CancellationException.class)
              .hasCauseInstanceOf(InterruptedException.class);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void failureOfItsOwn_withoutACancel_passes() throws Exception {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        abortable(
                            request::abort,
                            () -> {
                              throw new IOException("disk full");
                            }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full"));
  }

  @Test
  void abortThatThrows_isReportedAndTheCallGoesOn() throws Exception {
    loop.run(
        () -> {
          Task<String> asking =
              createTask(
                  () ->
                      abortable(
                          () -> {
                            throw new IllegalStateException("cannot abort");
                          },
                          () -> request.execute()));
          sleep(Duration.ZERO);
          asking.cancel();
          sleep(Duration.ZERO);
          assertThat(loop.takeReports())
              .singleElement()
              .satisfies(report -> assertThat(report.exception()).hasMessage("cannot abort"));
          request.answers.add("answer");
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(asking));
          assertThat(asking.isCancelled()).isTrue(); // it ended before a suspension could throw
        });
  }

  @Test
  void outsideOfATask_isRefused() {
    assertThatThrownBy(() -> abortable(request::abort, () -> request.execute()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("abortable");
  }
}
