package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Handle;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Task;
import io.asyncio4j.TimerHandle;
import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What CPython's {@code test_base_events.py}, {@code test_events.py} and {@code test_threads.py}
 * mean, as far as callbacks, runs, executors and errors are concerned.
 */
class LoopConformanceTest {
  @RegisterExtension final TestLoop test = new TestLoop();

  private final List<Object> calls = new ArrayList<>();
  private @Nullable EventLoop created;

  private EventLoop loop() {
    EventLoop known = created;
    if (known == null) {
      known = EventLoop.create(test.options());
      known.exceptionHandler(test::record);
      created = known;
    }
    return known;
  }

  @AfterEach
  void closeLoop() {
    loop().close();
  }

  private void runBriefly() {
    loop().stop();
    loop().runForever();
  }

  @Test
  @Ported({
    "test_base_events.BaseEventLoopTests.test_call_soon",
    "test_events.EventLoopTestsMixin.test_call_soon",
    "test_base_events.BaseEventLoopTests.test_run_once"
  })
  void callSoon_runsInTheNextTurn() {
    Handle handle = loop().callSoon(() -> calls.add("called"));
    assertThat(handle.isCancelled()).isFalse();
    assertThat(calls).isEmpty();
    runBriefly();
    assertThat(calls).containsExactly("called");
  }

  @Test
  @Ported({
    "test_base_events.BaseEventLoopTests.test_call_later",
    "test_events.EventLoopTestsMixin.test_call_later"
  })
  void callLater_runsWhenTheDelayHasPassed() {
    loop().callLater(ofMillis(100), () -> calls.add(test.elapsed()));
    loop().callLater(ofMillis(200), loop()::stop);
    loop().runForever();
    assertThat(calls).containsExactly(ofMillis(100));
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_call_later_negative_delays")
  void callLater_negativeDelays_runTheMostOverdueFirst() {
    loop().callLater(ofSeconds(-1), () -> calls.add("a"));
    loop().callLater(ofSeconds(-2), () -> calls.add("b"));
    runBriefly();
    assertThat(calls).containsExactly("b", "a");
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_time_and_call_at")
  void callAt_runsAtThatTime() {
    TimerHandle timer = loop().callAt(loop().time() + ofMillis(100).toNanos(), loop()::stop);
    long begin = loop().time();
    loop().runForever();
    assertThat(loop().time() - begin).isEqualTo(ofMillis(100).toNanos());
    assertThat(timer.when()).isEqualTo(begin + ofMillis(100).toNanos());
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_run_forever_pre_stopped")
  void runForever_stoppedBefore_runsOneTurn() {
    loop().callSoon(() -> calls.add("once"));
    runBriefly();
    assertThat(calls).containsExactly("once");
    assertThat(loop().isRunning()).isFalse();
  }

  @Test
  @Ported({
    "test_base_events.BaseEventLoopTests.test_run_until_complete_loop",
    "test_events.EventLoopTestsMixin.test_run_until_complete_nesting"
  })
  void runUntilComplete_futureOfAnotherLoopOrInsideARun_isRefused() {
    try (EventLoop other = EventLoop.create(test.options())) {
      Future<Integer> foreign = other.createFuture();
      assertThatThrownBy(() -> loop().runUntilComplete(foreign))
          .isInstanceOf(IllegalStateException.class);
    }
    loop()
        .<Integer, RuntimeException>runUntilComplete(
            () -> {
              assertThatThrownBy(() -> loop().runUntilComplete(() -> 1))
                  .isInstanceOf(IllegalStateException.class);
              return 1;
            });
  }

  @Test
  @Ported({
    "test_events.EventLoopTestsMixin.test_run_until_complete",
    "test_events.EventLoopTestsMixin.test_run_until_complete_stopped"
  })
  void runUntilComplete_returnsAfterTheSleepAndThrowsWhenStoppedBefore() {
    loop().<Integer, RuntimeException>runUntilComplete(() -> sleep(ofMillis(100), 1));
    assertThat(test.elapsed()).isEqualTo(ofMillis(100));
    Task<Integer> slow =
        loop()
            .createTask(
                () -> {
                  loop().stop();
                  return sleep(ofSeconds(1), 2);
                });
    assertThatThrownBy(() -> loop().runUntilComplete(slow))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was stopped before");
    assertThat(loop().<Integer, RuntimeException>runUntilComplete(slow)).isEqualTo(2);
  }

  @Test
  @Ported(
      "test_base_events.BaseEventLoopTests.test_run_until_complete_loop_orphan_future_close_loop")
  void runUntilComplete_stoppedBefore_leavesNoCallbackThatStopsTheNextRun() {
    Future<Integer> first = loop().createFuture();
    loop().callSoon(loop()::stop);
    assertThatThrownBy(() -> loop().runUntilComplete(first))
        .isInstanceOf(IllegalStateException.class);
    loop().callSoon(() -> first.setResult(1));
    assertThat(loop().<String, RuntimeException>runUntilComplete(() -> sleep(ofSeconds(1), "done")))
        .isEqualTo("done");
  }

  @Test
  @Ported({
    "test_base_events.BaseEventLoopTests.test_close",
    "test_events.EventLoopTestsMixin.test_close"
  })
  void close_twice_closesOnceAndRefusesEverything() {
    EventLoop own = loop();
    assertThat(own.isClosed()).isFalse();
    own.close();
    own.close();
    assertThat(own.isClosed()).isTrue();
    assertThatThrownBy(own::runForever).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> own.callSoon(() -> {})).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> own.callSoonThreadsafe(() -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> own.runInExecutor(() -> 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Ported("test_events.EventLoopTestsMixin.test_close_running_event_loop")
  void close_whileItRuns_isRefused() {
    loop()
        .<Integer, RuntimeException>runUntilComplete(
            () -> {
              assertThatThrownBy(loop()::close).isInstanceOf(IllegalStateException.class);
              return 1;
            });
  }

  @Test
  @Ported({
    "test_events.EventLoopTestsMixin.test_call_soon_threadsafe",
    "test_events.EventLoopTestsMixin.test_call_soon_threadsafe_same_thread"
  })
  void callSoonThreadsafe_fromAnyThread_wakesTheLoop() {
    Thread other = Thread.ofPlatform().unstarted(() -> handOver(loop()));
    loop()
        .callSoon(
            () -> {
              loop().callSoonThreadsafe(() -> calls.add("same thread"));
              other.start();
            });
    loop().runForever();
    assertThat(calls).containsExactly("same thread", "other thread");
  }

  private void handOver(EventLoop to) {
    to.callSoonThreadsafe(
        () -> {
          calls.add("other thread");
          to.stop();
        });
  }

  @Test
  @Ported("test_events.EventLoopTestsMixin.test_run_in_executor")
  void runInExecutor_runsOnAnotherThread() {
    Thread here = Thread.currentThread();
    String result =
        loop()
            .<String, RuntimeException>runUntilComplete(
                loop()
                    .<String>runInExecutor(
                        () -> {
                          assertThat(Thread.currentThread()).isNotSameAs(here);
                          return "yo";
                        }));
    assertThat(result).isEqualTo("yo");
  }

  @Test
  @Ported("test_events.EventLoopTestsMixin.test_run_in_executor_cancel")
  void runInExecutor_cancelledAndTheLoopClosed_neverCallsIt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    try (ExecutorService single = Executors.newSingleThreadExecutor()) {
      single.execute(() -> awaitQuietly(release));
      Future<Integer> future = loop().runInExecutor(single, ran::incrementAndGet);
      future.cancel();
      loop().close();
      release.countDown();
    }
    assertThat(ran.get()).isZero();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_set_default_executor")
  void setDefaultExecutor_runsTheCalls() {
    ExecutorService own =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory());
    loop().setDefaultExecutor(own);
    assertThat(
            loop()
                .<String, RuntimeException>runUntilComplete(
                    loop().<String>runInExecutor(() -> Thread.currentThread().getName())))
        .isEqualTo("own");
    loop().close();
    assertThat(own.isShutdown()).isTrue();
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_default_exc_handler_callback")
  void failure_inCallbackOrTimer_isReported() {
    ArithmeticException failure = new ArithmeticException("1 / 0");
    Runnable failing =
        () -> {
          loop().stop();
          throw failure;
        };
    loop().callSoon(failing);
    loop().runForever();
    loop().callLater(ofMillis(10), failing);
    loop().runForever();
    assertThat(test.takeReports())
        .hasSize(2)
        .allSatisfy(
            report -> {
              assertThat(report.message()).startsWith("Exception in callback");
              assertThat(report.exception()).isSameAs(failure);
            });
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_set_exc_handler_custom")
  void exceptionHandler_ofOnesOwn_getsTheContextUntilItIsTakenAway() {
    List<LoopErrorContext> seen = new ArrayList<>();
    ArithmeticException failure = new ArithmeticException("1 / 0");
    loop().exceptionHandler(seen::add);
    assertThat(loop().exceptionHandler()).isNotNull();
    loop()
        .callSoon(
            () -> {
              throw failure;
            });
    runBriefly();
    assertThat(seen)
        .singleElement()
        .satisfies(context -> assertThat(context.exception()).isSameAs(failure));
    loop().exceptionHandler(null);
    assertThat(loop().exceptionHandler()).isNull();
  }

  @Test
  @Ported("test_base_events.BaseEventLoopTests.test_set_exc_handler_broken")
  void exceptionHandler_thatFails_doesNotEndTheLoop() {
    loop()
        .exceptionHandler(
            context -> {
              throw new IllegalStateException("spam");
            });
    loop()
        .callSoon(
            () -> {
              throw new ArithmeticException("1 / 0");
            });
    loop().callSoon(() -> calls.add("went on"));
    runBriefly();
    assertThat(calls).containsExactly("went on");
  }

  @Test
  @Ported({
    "test_events.HandleTests.test_handle",
    "test_events.HandleTests.test_callback_with_exception"
  })
  void handle_cancelled_isNotRun() {
    Handle handle = loop().callSoon(() -> calls.add("ran"));
    handle.cancel();
    assertThat(handle.isCancelled()).isTrue();
    runBriefly();
    assertThat(calls).isEmpty();
  }

  @Test
  @Ported({
    "test_threads.ToThreadTests.test_to_thread",
    "test_threads.ToThreadTests.test_to_thread_once"
  })
  void toThread_runsTheCallOnce() {
    AtomicInteger times = new AtomicInteger();
    assertThat(test.<Integer, RuntimeException>run(() -> toThread(() -> 40 + 2))).isEqualTo(42);
    test.run(() -> toThread(times::incrementAndGet));
    assertThat(times.get()).isEqualTo(1);
  }

  @Test
  @Ported("test_threads.ToThreadTests.test_to_thread_exception")
  void toThread_failure_reachesTheCaller() {
    ArithmeticException failure = new ArithmeticException("test");
    test.run(
        () ->
            assertThatThrownBy(
                    () ->
                        toThread(
                            () -> {
                              throw failure;
                            }))
                .isSameAs(failure));
  }

  @Test
  @Ported("test_threads.ToThreadTests.test_to_thread_concurrent")
  void toThread_tenAtOnce_allRun() {
    AtomicInteger times = new AtomicInteger();
    test.run(
        () -> {
          List<java.util.concurrent.Callable<Integer>> all = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            all.add(() -> toThread(times::incrementAndGet));
          }
          gather(all).await();
        });
    assertThat(times.get()).isEqualTo(10);
  }
}
