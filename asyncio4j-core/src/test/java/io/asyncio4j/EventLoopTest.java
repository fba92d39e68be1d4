package io.asyncio4j;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The loop itself: running, stopping, other threads, executors. */
class EventLoopTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void runUntilComplete_coroutine_returnsItsResultAndLeavesTheRestPending() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      Task<String> slow =
          own.createTask(
              () -> {
                sleep(Duration.ofSeconds(10));
                loop.mark("slow");
                return "slow";
              });
      assertThat(
              own.<String, RuntimeException>runUntilComplete(
                  () -> sleep(Duration.ofSeconds(1), "x")))
          .isEqualTo("x");
      assertThat(slow.isDone()).isFalse();
      assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
      assertThat(own.<String, RuntimeException>runUntilComplete(slow)).isEqualTo("slow");
      assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }
  }

  @Test
  void runUntilComplete_coroutineWithoutResult_throwsWhatItThrew() {
    try (EventLoop own = EventLoop.create(loop.options())) {
      own.runUntilComplete(() -> sleep(Duration.ofSeconds(2)));
      assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
      assertThatThrownBy(() -> own.runUntilComplete(EventLoopTest::failing))
          .isExactlyInstanceOf(IOException.class)
          .hasMessage("failed");
    }
  }

  private static void failing() throws IOException {
    sleep(Duration.ZERO);
    throw new IOException("failed");
  }

  @Test
  void runUntilComplete_stoppedBefore_throwsAndGoesOnLater() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      Task<Integer> task =
          own.createTask(
              () -> {
                sleep(Duration.ofSeconds(5));
                return 5;
              });
      own.callLater(Duration.ofSeconds(1), own::stop);
      assertThatThrownBy(() -> own.runUntilComplete(task))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was stopped before Task 'Task-1'");
      assertThat(own.<Integer, RuntimeException>runUntilComplete(task)).isEqualTo(5);
    }
  }

  @Test
  void runForever_stopInCallback_finishesTheTurn() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      own.callSoon(
          () -> {
            own.stop();
            own.callSoon(() -> loop.mark("next turn"));
          });
      own.callSoon(() -> loop.mark("same turn"));
      own.runForever();
      assertThat(loop.trail()).containsExactly("same turn");
      own.stop();
      own.runForever();
      assertThat(loop.trail()).containsExactly("same turn", "next turn");
    }
  }

  @Test
  void run_checkedException_isDeclaredAndPassedAsThrown() throws Exception {
    IOException thrown = new IOException("disk");
    try {
      Asyncio.run(
          loop.options(),
          () -> {
            if (loop.elapsed().isZero()) {
              throw thrown;
            }
          });
      throw new AssertionError("not reached");
    } catch (IOException e) {
      assertThat(e).isSameAs(thrown);
    }
  }

  @Test
  void run_insideRunningLoop_isRefusedInTaskAndCallback() throws Exception {
    loop.run(
        () -> {
          assertThatThrownBy(() -> Asyncio.run(() -> 1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("inside loop test, which is running");
          Future<@Nullable Throwable> seen = EventLoop.current().createFuture();
          EventLoop.current()
              .callSoon(
                  () -> {
                    try {
                      seen.setResult(null);
                      Asyncio.run(() -> 1);
                    } catch (IllegalStateException e) {
                      loop.mark("refused");
                    }
                  });
          seen.await();
        });
    assertThat(loop.trail()).containsExactly("refused");
  }

  @Test
  void run_calledOnVirtualThread_runsOnPlatformThreadAndReturns() throws Exception {
    AtomicReference<@Nullable Integer> result = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () ->
                    result.set(
                        loop.run(
                            () -> {
                              List<Integer> parts =
                                  gather(() -> sleep(Duration.ofSeconds(1), 1), () -> 2).await();
                              return parts.get(0) + parts.get(1);
                            })));
    caller.join();
    assertThat(result.get()).isEqualTo(3);
  }

  @Test
  void run_virtualCallerInterrupted_cancelsTheMainTaskAndKeepsTheFlag() throws Exception {
    CountDownLatch sleeping = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
    AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Asyncio.run(
                        () -> {
                          sleeping.countDown();
                          EventLoop.current().<String>createFuture().await();
                        });
                  } catch (CancellationException e) {
                    seen.set(e);
                  }
                  flag.set(Thread.currentThread().isInterrupted());
                });
    sleeping.await();
    caller.interrupt();
    caller.join();
    assertThat(seen.get()).isInstanceOf(CancellationException.class);
    assertThat(flag.get()).isTrue();
  }

  @Test
  void run_platformCallerInterruptedWhileIdle_cancelsTheMainTask() throws Exception {
    CountDownLatch idle = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
    AtomicReference<@Nullable EventLoop> running = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Asyncio.run(
                        () -> {
                          running.set(EventLoop.current());
                          idle.countDown();
                          EventLoop.current().<String>createFuture().await();
                        });
                  } catch (CancellationException e) {
                    seen.set(e);
                  }
                });
    idle.await();
    awaitParked(caller);
    caller.interrupt();
    caller.join();
    assertThat(seen.get()).isInstanceOf(CancellationException.class);
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** Does not wait by join(), since an interrupt of the carrier may strike that wait itself. */
  private static void interruptWhileThisHoldsTheLoop(Thread caller) {
    Thread interrupter = Thread.ofPlatform().start(caller::interrupt);
    while (interrupter.isAlive()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void run_platformCallerInterruptedWhileATaskHoldsTheThread_cancelsTheMainTask() throws Exception {
    Thread caller = Thread.currentThread();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(
              () ->
                  Asyncio.run(
                      () -> {
                        interruptWhileThisHoldsTheLoop(caller);
                        Task<?> main = Objects.requireNonNull(Asyncio.currentTask());
                        try {
                          EventLoop.current().<String>createFuture().await();
                        } finally {
                          sleep(Duration.ofNanos(1));
                          assertThat(main.cancelling()).isEqualTo(1); // heard once
                        }
                      }))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void runForever_interrupted_endsWithTheFlagSetAndCanGoOnLater() throws Exception {
    Thread caller = Thread.currentThread();
    try (EventLoop own = EventLoop.create(loop.options())) {
      Task<String> task =
          own.createTask(
              () -> {
                interruptWhileThisHoldsTheLoop(caller);
                return sleep(Duration.ofSeconds(1), "went on");
              });
      own.runForever();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(own.<String, RuntimeException>runUntilComplete(task)).isEqualTo("went on");
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void run_interruptedBeforeItsThreadRunsAnotherLoop_doesNotCancelThere() throws Exception {
    Thread caller = Thread.currentThread();
    try (Runner runner = new Runner(loop.options())) {
      assertThatThrownBy(
              () ->
                  runner.run(
                      () -> {
                        interruptWhileThisHoldsTheLoop(caller);
                        EventLoop.current().<String>createFuture().await();
                      }))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(runner.<String, RuntimeException>run(() -> sleep(Duration.ofSeconds(1), "ok")))
          .isEqualTo("ok");
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void setDefaultExecutor_anotherService_runsTheCallsAndIsShutDownWithTheLoop() throws Exception {
    ExecutorService single =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("mine").factory());
    loop.run(
        () -> {
          assertThat(toThread(() -> Thread.currentThread().getName()))
              .startsWith("asyncio4j-test-executor-");
          EventLoop.current().setDefaultExecutor(single);
          assertThat(toThread(() -> Thread.currentThread().getName())).isEqualTo("mine");
          assertThatThrownBy(() -> EventLoop.current().setDefaultExecutor(EventLoop.current()))
              .isInstanceOf(IllegalArgumentException.class);
        });
    assertThat(single.isShutdown()).isTrue();
  }

  @Test
  void resolve_nameAndLiteral_suspendsAndFailsAsTheJdkDoes() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          assertThat(current.resolve("192.0.2.7"))
              .containsExactly(InetAddress.ofLiteral("192.0.2.7"));
          Task<?> other = createTask(() -> loop.mark("others went on"));
          assertThat(current.resolve("localhost")).allMatch(InetAddress::isLoopbackAddress);
          assertThat(other.isDone()).isTrue();
          assertThatThrownBy(() -> current.resolve("no such name.invalid"))
              .isInstanceOf(UnknownHostException.class);
        });
  }

  @Test
  void reportError_goesToTheHandlerWhichMayPassItOn() throws Exception {
    IllegalStateException failure = new IllegalStateException("x");
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          current.reportError("from a library", failure);
          assertThat(current.exceptionHandler()).isNotNull();
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message()).isEqualTo("from a library");
              assertThat(report.exception()).isSameAs(failure);
            });
  }

  @Test
  void timers_cancelledByOtherThreads_neverRunAndArePurged() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          List<TimerHandle> timers = new ArrayList<>();
          for (int i = 0; i < 1_000; i++) {
            timers.add(current.callLater(Duration.ofHours(1 + i % 3), () -> loop.mark("fired")));
          }
          toThread(() -> timers.forEach(TimerHandle::cancel));
          assertThat(current.statistics().timers()).isZero();
          sleep(Duration.ofHours(4));
          assertThat(timers).allMatch(TimerHandle::isCancelled);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void handle_cancelled_letsGoOfItsCallback() throws Exception {
    loop.run(
        () -> {
          TimerHandle timer = EventLoop.current().callLater(Duration.ofDays(1), new Named("big"));
          assertThat(timer).hasToString("TimerHandle of big");
          timer.cancel();
          timer.cancel();
          assertThat(timer).hasToString("TimerHandle (cancelled)");
        });
  }

  private record Named(String name) implements Runnable {
    @Override
    public void run() {}

    @Override
    public String toString() {
      return name;
    }
  }

  @Test
  void run_interruptedOnEntry_cancelsTheMainTask() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Asyncio.run(() -> EventLoop.current().<String>createFuture().await()))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void runner_twoRuns_shareOneLoopAndItsTasks() throws Exception {
    try (Runner runner = new Runner(loop.options())) {
      Task<Integer> task =
          runner.run(
              () ->
                  createTask(
                      () -> {
                        sleep(Duration.ofSeconds(1));
                        return 7;
                      }));
      assertThat(task.isDone()).isFalse();
      assertThat(runner.<Integer, RuntimeException>run(() -> task.await())).isEqualTo(7);
    }
  }

  @Test
  void run_tasksLeftOver_areCancelledAndEndTheirCleanUp() throws Exception {
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          createTask(
              () -> {
                try {
                  sleep(Duration.ofDays(1));
                } finally {
                  sleep(Duration.ofSeconds(1));
                  loop.mark("cleaned up");
                }
              });
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void run_limitedWorkLeftOver_nothingMoreBegins() throws Exception {
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          List<Callable<Integer>> work = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            work.add(
                () -> {
                  loop.mark("began");
                  sleep(Duration.ofDays(1));
                  return 1;
                });
          }
          gather(limit(2), work);
          Iterable<Future<Integer>> left = asCompleted(limit(3), work);
          sleep(Duration.ofSeconds(1));
          assertThat(left).isNotNull();
        });
    assertThat(loop.trail()).hasSize(5);
    // A gather whose children are cancelled fails with that; nobody awaited this one.
    assertThat(loop.takeReports()).hasSize(1);
  }

  @Test
  void run_limitedWorkInCleanUp_runsToItsEnd() throws Exception {
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          createTask(
              () -> {
                try {
                  sleep(Duration.ofDays(1));
                } finally {
                  List<Callable<Integer>> work = new ArrayList<>();
                  for (int i = 0; i < 10; i++) {
                    work.add(() -> sleep(Duration.ofSeconds(1), 1));
                  }
                  loop.mark("cleaned up " + gather(limit(2), work).await().size());
                }
              });
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("cleaned up 10");
  }

  @Test
  void callSoonThreadsafe_fromManyThreads_losesNothing() throws Exception {
    int threads = 4;
    int perThread = 20_000;
    int seen =
        Asyncio.run(
            () -> {
              EventLoop current = EventLoop.current();
              int[] count = {0};
              Future<@Nullable Void> all = current.createFuture();
              Runnable tick =
                  () -> {
                    if (++count[0] == threads * perThread) {
                      all.setResult(null);
                    }
                  };
              List<Thread> started = new ArrayList<>();
              for (int i = 0; i < threads; i++) {
                started.add(
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              for (int k = 0; k < perThread; k++) {
                                current.callSoonThreadsafe(tick);
                              }
                            }));
              }
              all.await();
              for (Thread thread : started) {
                thread.join();
              }
              return count[0];
            });
    assertThat(seen).isEqualTo(threads * perThread);
  }

  @Test
  void methods_fromForeignThread_areRefusedWithTheRemedy() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          Future<String> future = current.createFuture();
          toThread(
              () -> {
                assertThatThrownBy(() -> current.callSoon(() -> {}))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("use loop.callSoonThreadsafe(...)");
                assertThatThrownBy(() -> future.setResult("x"))
                    .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> current.createTask(() -> 1))
                    .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> future.await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is no task");
                assertThatThrownBy(EventLoop::current).isInstanceOf(IllegalStateException.class);
              });
          assertThat(future.isDone()).isFalse();
        });
  }

  @Test
  void await_futureOfAnotherLoop_namesBothLoops() throws Exception {
    try (EventLoop other =
        EventLoop.create(LoopOptions.defaults().withName("A").withClock(loop.clock()))) {
      Future<Integer> foreign = other.createFuture();
      Task<Integer> foreignTask = other.createTask("fetch-3", () -> 1);
      loop.run(
          () -> {
            assertThatThrownBy(() -> foreign.await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop A but was awaited on loop test");
            assertThatThrownBy(() -> foreignTask.await())
                .hasMessage(
                    "Task 'fetch-3' belongs to loop A but was awaited on loop test; use"
                        + " loop.submit(...) of loop A");
            assertThatThrownBy(() -> gather(foreign, () -> 1).await())
                .isInstanceOf(IllegalStateException.class);
          });
      assertThat(other.<Integer, RuntimeException>runUntilComplete(foreignTask)).isEqualTo(1);
    }
  }

  @Test
  void submit_fromForeignThread_completesAndCancelTravels() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          String result =
              toThread(
                  () -> current.<String>submit(() -> sleep(Duration.ZERO, "from outside")).get());
          assertThat(result).isEqualTo("from outside");
          Event began = new Event();
          Event ended = new Event();
          CompletableFuture<Integer> outside =
              toThread(
                  () ->
                      current.submit(
                          () -> {
                            began.set();
                            try {
                              return EventLoop.current().<Integer>createFuture().await();
                            } finally {
                              ended.set();
                            }
                          }));
          began.await();
          toThread(() -> outside.cancel(false));
          ended.await();
        });
  }

  @Test
  void submit_loopClosesFirst_endsTheOutsideFuture() throws Exception {
    EventLoop own = EventLoop.create(loop.options());
    CompletableFuture<Integer> outside = own.submit(() -> 1);
    own.close();
    assertThatThrownBy(outside::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("loop test closed before the task was done");
  }

  @Test
  void futureGet_fromForeignThread_waitsAndWrapsFailures() throws Exception {
    loop.run(
        () -> {
          Task<String> good = createTask(() -> sleep(Duration.ZERO, "g"));
          Future<String> bad = EventLoop.current().createFuture();
          IOException failure = new IOException("bad");
          assertThat(toThread(() -> good.get())).isEqualTo("g");
          Task<Throwable> waiting =
              createTask(
                  () ->
                      toThread(
                          () -> {
                            try {
                              return new AssertionError(bad.get());
                            } catch (ExecutionException e) {
                              return e.getCause();
                            }
                          }));
          sleep(Duration.ZERO);
          bad.setException(failure);
          assertThat(waiting.await()).isSameAs(failure);
          Future<String> never = EventLoop.current().createFuture();
          assertThatThrownBy(() -> never.get(1, TimeUnit.SECONDS))
              .isInstanceOf(java.util.concurrent.TimeoutException.class);
          assertThatThrownBy(() -> toThread(() -> never.get(1, TimeUnit.NANOSECONDS)))
              .isInstanceOf(java.util.concurrent.TimeoutException.class);
          never.cancel();
        });
  }

  @Test
  void failure_askedForByAThreadAtTheMomentItIsThere_countsAsRetrieved() throws Exception {
    loop.run(
        () -> {
          List<Future<String>> futures = new ArrayList<>();
          for (int i = 0; i < 2_000; i++) {
            futures.add(EventLoop.current().createFuture());
          }
          AtomicInteger asked = new AtomicInteger();
          Thread asking =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        for (Future<String> future : futures) {
                          while (!future.isDone()) {
                            Thread.onSpinWait();
                          }
                          asked.addAndGet(future.exceptionNow() instanceof IOException ? 1 : 0);
                        }
                      });
          for (Future<String> future : futures) {
            future.setException(new IOException("asked for"));
          }
          toThread(() -> asking.join());
          assertThat(asked.get()).isEqualTo(futures.size());
        });
  } // and no report of a failure that nobody retrieved

  @Test
  void cancel_fromForeignThread_isHandedToTheLoop() throws Exception {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> EventLoop.current().<String>createFuture().await());
          sleep(Duration.ZERO);
          boolean asked = toThread(() -> task.cancel());
          assertThat(asked).isTrue();
          assertThatThrownBy(() -> task.await()).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void toThread_runsOnPlatformThreadWithCallersContextClassLoader() throws Exception {
    try (URLClassLoader own = new URLClassLoader(new URL[0])) {
      loop.run(
          () -> {
            Thread.currentThread().setContextClassLoader(own);
            toThread(
                () -> {
                  assertThat(Thread.currentThread().isVirtual()).isFalse();
                  assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
                });
            Task<ClassLoader> child =
                createTask(() -> Thread.currentThread().getContextClassLoader());
            assertThat(child.await()).isSameAs(own);
          });
    }
  }

  @Test
  void toThread_failure_reachesTheCallerAsThrown() throws Exception {
    IOException failure = new IOException("x");
    loop.run(
        () -> {
          try {
            toThread(
                () -> {
                  if (failure.getMessage().equals("x")) {
                    throw failure;
                  }
                  return 1;
                });
            throw new AssertionError("not reached");
          } catch (IOException e) {
            assertThat(e).isSameAs(failure);
          }
        });
  }

  @Test
  void runInExecutor_cancelledBeforeItBegins_neverRuns() throws Exception {
    try (ExecutorService single = Executors.newSingleThreadExecutor()) {
      loop.run(
          () -> {
            CountDownLatch release = new CountDownLatch(1);
            Future<String> first =
                EventLoop.current()
                    .runInExecutor(
                        single,
                        () -> {
                          release.await();
                          return "first";
                        });
            Future<String> second =
                EventLoop.current().runInExecutor(single, () -> "second " + trailMark());
            second.cancel();
            release.countDown();
            assertThat(first.await()).isEqualTo("first");
          });
    }
    assertThat(loop.trail()).isEmpty();
  }

  private String trailMark() {
    loop.mark("ran");
    return "ran";
  }

  @Test
  void runInExecutor_rejected_throwsAtOnce() throws Exception {
    ExecutorService closed = Executors.newSingleThreadExecutor();
    closed.shutdown();
    loop.run(
        () -> {
          assertThatThrownBy(() -> EventLoop.current().runInExecutor(closed, () -> 1))
              .isInstanceOf(RejectedExecutionException.class);
        });
  }

  @Test
  void strangers_virtualThreadsStartedInTask_areNoTasksAndRunOnTheJdksScheduler() throws Exception {
    loop.run(
        () -> {
          Thread mine = Thread.currentThread();
          EventLoop current = EventLoop.current();
          toThread(
              () -> {
                // keeps the loop's thread free, and shows that a stranger needs no task to run
              });
          AtomicReference<@Nullable Object> seen = new AtomicReference<>("unset");
          AtomicReference<@Nullable Boolean> onLoop = new AtomicReference<>();
          Thread stranger =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        seen.set(Asyncio.currentTask());
                        onLoop.set(current.isOnLoop());
                      });
          stranger.join();
          assertThat(seen.get()).isNull();
          assertThat(onLoop.get()).isFalse();
          assertThat(Thread.currentThread()).isSameAs(mine);
        });
  }

  @Test
  void close_whileRunning_isRefused() throws Exception {
    loop.run(
        () -> {
          assertThatThrownBy(() -> EventLoop.current().close())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("cannot be closed while it runs");
        });
  }

  @Test
  void closedLoop_everyCall_saysSo() throws Exception {
    EventLoop own = EventLoop.create(loop.options());
    own.close();
    own.close();
    assertThat(own.isClosed()).isTrue();
    assertThatThrownBy(() -> own.callSoon(() -> {})).hasMessage("loop test is closed");
    assertThatThrownBy(() -> own.callSoonThreadsafe(() -> {})).hasMessage("loop test is closed");
    assertThatThrownBy(() -> own.createTask(() -> 1)).hasMessage("loop test is closed");
    assertThatThrownBy(own::runForever).hasMessage("loop test is closed");
  }

  @Test
  void timers_cancelledByTheThousand_arePurged() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          List<TimerHandle> timers = new ArrayList<>();
          for (int i = 0; i < 10_000; i++) {
            timers.add(current.callLater(Duration.ofHours(1), () -> loop.mark("fired")));
          }
          timers.forEach(TimerHandle::cancel);
          assertThat(current.statistics().timers()).isZero();
          current.callLater(Duration.ofMinutes(1), () -> loop.mark("kept"));
          sleep(Duration.ofHours(2));
        });
    assertThat(loop.trail()).containsExactly("kept");
  }

  @Test
  void sleep_hugeDuration_doesNotOverflow() throws Exception {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> sleep(Duration.ofSeconds(Long.MAX_VALUE)));
          sleep(Duration.ofDays(1));
          assertThat(task.isDone()).isFalse();
          task.cancel();
          sleep(Duration.ZERO);
          sleep(Duration.ZERO);
          assertThat(task.isCancelled()).isTrue();
        });
  }
}
