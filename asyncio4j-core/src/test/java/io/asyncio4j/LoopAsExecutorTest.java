package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.fromCompletionStage;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A loop as an ExecutorService, seen by other threads and by its own tasks. */
class LoopAsExecutorTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** A loop that runs on a thread of its own. */
  private final class Elsewhere implements AutoCloseable {
    final EventLoop own = EventLoop.create(loop.options());
    final Thread thread;

    Elsewhere() {
      own.exceptionHandler(loop::record);
      thread = Thread.ofPlatform().name("elsewhere").start(own::runForever);
      while (!own.isRunning()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      own.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while a test tidied up", e);
      }
    }
  }

  @Test
  void execute_fromOtherThread_runsATaskThatMayBlock() throws Exception {
    try (Elsewhere elsewhere = new Elsewhere()) {
      CountDownLatch ran = new CountDownLatch(1);
      AtomicReference<@Nullable Task<?>> task = new AtomicReference<>();
      elsewhere.own.execute(
          () -> {
            task.set(Asyncio.currentTask());
            sleep(Duration.ofSeconds(1));
            ran.countDown();
          });
      ran.await();
      assertThat(task.get()).isNotNull();
      assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void execute_failure_isReportedAtOnceWithItsSite() throws Exception {
    IllegalArgumentException failure = new IllegalArgumentException("x");
    loop.run(
        () -> {
          EventLoop.current()
              .execute(
                  () -> {
                    throw failure;
                  });
          sleep(Duration.ofSeconds(1));
        });
    LoopErrorContext report = loop.takeReports().getFirst();
    assertThat(report.message()).startsWith("Exception in work given to execute: Task 'Task-2'");
    assertThat(report.exception()).isSameAs(failure);
  }

  @Test
  void execute_onTheLoop_beginsInTheNextTurnInOrder() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          createTask(() -> loop.mark("a"));
          current.execute(() -> loop.mark("b"));
          current.callSoon(() -> loop.mark("c"));
          current.submit(() -> loop.mark("d"));
          loop.mark("still here");
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("still here", "a", "b", "c", "d");
  }

  @Test
  void submit_allForms_giveTheirResults() throws Exception {
    try (Elsewhere elsewhere = new Elsewhere()) {
      ExecutorService executor = elsewhere.own;
      assertThat(executor.submit(() -> sleep(Duration.ofSeconds(1), "callable")).get())
          .isEqualTo("callable");
      Runnable runnable = () -> loop.mark("ran");
      assertThat(executor.submit(runnable).get()).isNull();
      assertThat(executor.submit(runnable, 7).get()).isEqualTo(7);
      IOException failure = new IOException("x");
      Callable<String> failing =
          () -> {
            throw failure;
          };
      assertThatThrownBy(() -> executor.submit(failing).get())
          .isInstanceOf(ExecutionException.class)
          .hasCause(failure);
    }
    assertThat(loop.trail()).containsExactly("ran", "ran");
  }

  @Test
  void submit_null_isRefused() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      for (Runnable call :
          List.<Runnable>of(
              () -> own.execute(absent()),
              () -> own.submit(LoopAsExecutorTest.<Runnable>absent()),
              () -> own.submit(LoopAsExecutorTest.<Callable<?>>absent()))) {
        assertThatThrownBy(call::run).isInstanceOf(NullPointerException.class);
      }
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // a caller without null checks
  private static <T> T absent() {
    return null;
  }

  @Test
  void submit_contextClassLoader_isThatOfTheSubmitter() throws Exception {
    try (URLClassLoader mine = new URLClassLoader(new URL[0]);
        Elsewhere elsewhere = new Elsewhere()) {
      Thread.currentThread().setContextClassLoader(mine);
      try {
        Callable<ClassLoader> asked = () -> Thread.currentThread().getContextClassLoader();
        assertThat(elsewhere.own.submit(asked).get()).isSameAs(mine);
      } finally {
        Thread.currentThread().setContextClassLoader(LoopAsExecutorTest.class.getClassLoader());
      }
    }
  }

  @Test
  void submit_cancelledBeforeItBegins_neverRuns() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      CompletableFuture<String> future = own.submit(() -> markAndReturn("ran"));
      assertThat(future.cancel(true)).isTrue();
      own.<Integer, RuntimeException>runUntilComplete(() -> sleep(Duration.ofSeconds(1), 1));
    }
    assertThat(loop.trail()).isEmpty();
  }

  private String markAndReturn(String step) {
    loop.mark(step);
    return step;
  }

  @Test
  void submit_dependentOfResultWithTheLoopAsExecutor_runsAsATask() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          CompletableFuture<Boolean> dependent =
              current
                  .submit(() -> sleep(Duration.ofSeconds(1), 1))
                  .thenApplyAsync(_ -> Asyncio.currentTask() != null, current);
          assertThat(fromCompletionStage(dependent).await()).isTrue();
        });
  }

  @Test
  void executorCompletionService_ofTheJdk_worksOnALoop() throws Exception {
    try (Elsewhere elsewhere = new Elsewhere()) {
      ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(elsewhere.own);
      for (int i = 3; i > 0; i--) {
        int seconds = i;
        service.submit(() -> sleep(Duration.ofSeconds(seconds), seconds));
      }
      assertThat(List.of(service.take().get(), service.take().get(), service.take().get()))
          .containsExactlyInAnyOrder(1, 2, 3);
    }
  }

  private static List<Callable<Integer>> sleepers(int... seconds) {
    List<Callable<Integer>> sleepers = new ArrayList<>();
    for (int each : seconds) {
      sleepers.add(() -> sleep(Duration.ofSeconds(each), each));
    }
    return sleepers;
  }

  @Test
  void invokeAll_fromOtherThreadAndInATask_returnsDoneFuturesInOrder() throws Exception {
    try (Elsewhere elsewhere = new Elsewhere()) {
      List<java.util.concurrent.Future<Integer>> all = elsewhere.own.invokeAll(sleepers(2, 1));
      assertThat(all)
          .allSatisfy(future -> assertThat(future.isDone()).isTrue())
          .extracting(java.util.concurrent.Future::resultNow)
          .containsExactly(2, 1);
    }
    loop.run(
        () -> {
          List<Callable<Integer>> work = sleepers(5);
          work.add(
              () -> {
                throw new IOException("x");
              });
          Task<?> other = createTask(() -> loop.mark("others go on"));
          List<java.util.concurrent.Future<Integer>> all = EventLoop.current().invokeAll(work);
          assertThat(other.isDone()).isTrue();
          assertThat(all.get(0).resultNow()).isEqualTo(5);
          assertThat(all.get(1).exceptionNow()).isInstanceOf(IOException.class);
        });
  }

  @Test
  void invokeAll_timeLimit_cancelsWhatIsLeft() throws Exception {
    loop.run(
        () -> {
          List<java.util.concurrent.Future<Integer>> all =
              EventLoop.current().invokeAll(sleepers(1, 60), 2, TimeUnit.SECONDS);
          assertThat(all.get(0).resultNow()).isEqualTo(1);
          assertThat(all.get(1).isCancelled()).isTrue();
          sleep(Duration.ZERO);
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void invokeAll_callingTaskCancelled_cancelsTheChildren() throws Exception {
    loop.run(
        () -> {
          Task<?> caller = createTask(() -> EventLoop.current().invokeAll(sleepers(60, 61)));
          sleep(Duration.ofSeconds(1));
          caller.cancel();
          assertThatThrownBy(caller::await).isInstanceOf(CancellationException.class);
          sleep(Duration.ZERO);
          assertThat(Asyncio.allTasks()).hasSize(1);
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void invokeAny_firstSuccess_cancelsTheRest() throws Exception {
    loop.run(
        () -> {
          List<Callable<Integer>> work = sleepers(60, 3, 50);
          work.add(
              () -> {
                throw new IOException("fails first");
              });
          assertThat(EventLoop.current().<Integer>invokeAny(work)).isEqualTo(3);
          sleep(Duration.ZERO);
          assertThat(Asyncio.allTasks()).hasSize(1);
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void invokeAny_noneSucceeds_throwsExecutionExceptionOfTheLast() throws Exception {
    IOException last = new IOException("last");
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          Callable<Integer> failing =
              () -> {
                throw last;
              };
          Callable<Integer> cancelled =
              () -> {
                sleep(Duration.ofSeconds(1));
                throw new CancellationException("by itself");
              };
          assertThatThrownBy(() -> current.invokeAny(List.of(failing)))
              .isInstanceOf(ExecutionException.class)
              .hasCause(last);
          assertThatThrownBy(() -> current.invokeAny(List.of(failing, cancelled)))
              .isInstanceOf(ExecutionException.class)
              .hasCauseInstanceOf(CancellationException.class);
          assertThatThrownBy(() -> current.invokeAny(List.<Callable<Integer>>of()))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> current.invokeAny(sleepers(60), 1, TimeUnit.SECONDS))
              .isInstanceOf(java.util.concurrent.TimeoutException.class);
          sleep(Duration.ZERO);
          assertThat(Asyncio.allTasks()).hasSize(1);
        });
  }

  @Test
  void waiting_inACallback_isRefused() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          Future<@Nullable Throwable> seen = current.createFuture();
          current.callSoon(
              () -> {
                try {
                  current.invokeAll(sleepers(1));
                  seen.setResult(null);
                } catch (Throwable e) { // looked at below
                  seen.setResult(e);
                }
              });
          assertThat(seen.await())
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("a callback of loop test cannot wait; do this in a task");
        });
  }

  @Test
  void shutdown_workHandedIn_isDoneAndRunForeverReturns() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    CompletableFuture<Integer> work = elsewhere.own.submit(() -> sleep(Duration.ofSeconds(9), 9));
    elsewhere.own.shutdown();
    assertThat(elsewhere.own.isShutdown()).isTrue();
    assertThatThrownBy(() -> elsewhere.own.submit(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("loop test was shut down and takes no more work");
    assertThatThrownBy(() -> elsewhere.own.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(elsewhere.own.awaitTermination(1, TimeUnit.DAYS)).isTrue();
    assertThat(elsewhere.own.isTerminated()).isTrue();
    assertThat(work.get()).isEqualTo(9);
    elsewhere.thread.join();
    assertThat(elsewhere.own.isClosed()).isFalse();
    elsewhere.own.close();
  }

  @Test
  void shutdown_nothingHandedIn_terminatesAtOnceAndLeavesRunUntilCompleteAlone() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          assertThat(current.isTerminated()).isFalse();
          assertThat(current.awaitTermination(1, TimeUnit.SECONDS)).isFalse();
          current.shutdown();
          assertThat(current.isTerminated()).isTrue();
          assertThat(current.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
          assertThat(createTask(() -> sleep(Duration.ofSeconds(1), "own tasks")).await())
              .isEqualTo("own tasks");
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void shutdownNow_cancelsWhatBeganAndReturnsWhatNeverDid() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      CompletableFuture<Integer> begun = own.submit(() -> sleep(Duration.ofDays(1), 1));
      own.<Integer, RuntimeException>runUntilComplete(() -> sleep(Duration.ofSeconds(1), 1));
      Runnable command = () -> loop.mark("command");
      own.execute(command);
      CompletableFuture<String> waiting = own.submit(() -> markAndReturn("call"));
      List<Runnable> neverBegun = own.shutdownNow();
      assertThat(neverBegun).hasSize(2);
      assertThat(neverBegun.getFirst()).isSameAs(command);
      assertThat(waiting.isCancelled()).isTrue();
      assertThat(begun.isCancelled()).isTrue();
      assertThat(own.isTerminated()).isFalse();
      own.runForever();
      assertThat(own.isTerminated()).isTrue();
      assertThat(loop.trail()).isEmpty();
      neverBegun.forEach(Runnable::run);
    }
    assertThat(loop.trail()).containsExactly("command", "call");
  }

  @Test
  void close_ofALoopThatRunsElsewhere_waitsForTheWorkAndEndsTheRun() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    CompletableFuture<Integer> work;
    try (ExecutorService executor = elsewhere.own) {
      work = Objects.requireNonNull(elsewhere.own.submit(() -> sleep(Duration.ofHours(1), 3)));
      assertThat(executor.isShutdown()).isFalse();
    }
    assertThat(work.resultNow()).isEqualTo(3);
    assertThat(elsewhere.own.isClosed()).isTrue();
    elsewhere.thread.join();
  }

  @Test
  void close_interruptedWhileItWaits_cancelsTheWorkAndKeepsTheFlag() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    CountDownLatch began = new CountDownLatch(1);
    CompletableFuture<Integer> work =
        elsewhere.own.submit(
            () -> {
              began.countDown();
              return EventLoop.current().<Integer>createFuture().await();
            });
    began.await();
    Thread.currentThread().interrupt();
    elsewhere.own.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(work.isCancelled()).isTrue();
    elsewhere.thread.join();
  }

  @Test
  void close_byAnotherThreadUnderARunner_waitsForTheRunnerToClose() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    AtomicReference<@Nullable EventLoop> seen = new AtomicReference<>();
    Thread runner =
        Thread.ofPlatform()
            .start(
                () ->
                    loop.<RuntimeException>run(
                        () -> {
                          seen.set(EventLoop.current());
                          running.countDown();
                          EventLoop.current().<Object>runInExecutor(waitFor(asked)).await();
                          loop.mark("main ended");
                        }));
    running.await();
    EventLoop own = Objects.requireNonNull(seen.get());
    Thread closer = Thread.ofPlatform().start(own::close);
    while (!own.isShutdown()) {
      Thread.onSpinWait();
    }
    asked.countDown();
    closer.join();
    runner.join();
    assertThat(own.isClosed()).isTrue();
    assertThat(loop.trail()).containsExactly("main ended");
  }

  private static Callable<Object> waitFor(CountDownLatch latch) {
    return () -> {
      latch.await();
      return "over";
    };
  }

  @Test
  void close_byTwoThreads_closesOnce() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    Thread other = Thread.ofPlatform().start(elsewhere.own::close);
    elsewhere.own.close();
    other.join();
    assertThat(elsewhere.own.isClosed()).isTrue();
    elsewhere.thread.join();
  }

  @Test
  void closedLoop_workIsRejected() throws Exception {
    EventLoop own = EventLoop.create(loop.options());
    own.close();
    assertThat(own.isShutdown()).isTrue();
    assertThat(own.isTerminated()).isTrue();
    assertThatThrownBy(() -> own.submit(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("loop test is closed and takes no more work");
    assertThatThrownBy(() -> own.invokeAll(sleepers(1)))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
