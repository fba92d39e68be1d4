package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One token a borrower, whoever is cancelled and whatever the total becomes. */
class CapacityLimiterTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final CapacityLimiter limiter = new CapacityLimiter(1);

  @Test
  void acquire_twiceByOneBorrower_throws() {
    loop.run(
        () -> {
          limiter.acquire();
          assertThatThrownBy(limiter::acquire)
              .isInstanceOf(IllegalStateException.class)
              .isNotInstanceOf(CancellationException.class)
              .hasMessageContaining("already");
          assertThatThrownBy(limiter::tryAcquire).isInstanceOf(IllegalStateException.class);
          limiter.release();
          assertThat(limiter.tryAcquire()).isTrue();
          limiter.release();
        });
  }

  @Test
  void acquireOnBehalfOf_whileTheBorrowerWaits_throws() {
    loop.run(
        () -> {
          limiter.acquireOnBehalfOf("a");
          Task<Void> waiting = createTask(() -> limiter.acquireOnBehalfOf("b"));
          sleep(ZERO);
          assertThatThrownBy(() -> limiter.acquireOnBehalfOf("b"))
              .hasMessageContaining("b waits for");
          limiter.releaseOnBehalfOf("a");
          waiting.await();
          assertThat(limiter.statistics())
              .isEqualTo(new CapacityLimiter.Statistics(1, 1, List.of("b"), 0));
        });
  }

  @Test
  void release_withoutAToken_throwsAndMakesNone() {
    loop.run(
        () -> {
          assertThatThrownBy(limiter::release).isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(() -> limiter.releaseOnBehalfOf("x"))
              .hasMessageContaining("x has no token");
          assertThat(limiter.availableTokens()).isEqualTo(1);
        });
  }

  @Test
  void totalTokens_raised_letsTheFirstWaitersGoOn_lowered_lendsNoMore() {
    loop.run(
        () -> {
          List<Task<Void>> tasks = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            String borrower = "b" + i;
            tasks.add(createTask(() -> limiter.acquireOnBehalfOf(borrower)));
          }
          sleep(ZERO);
          assertThat(limiter.statistics().tasksWaiting()).isEqualTo(3);
          limiter.totalTokens(3);
          assertThat(limiter.statistics().borrowers()).containsExactly("b0", "b1", "b2");
          limiter.totalTokens(0);
          assertThat(limiter.availableTokens()).isEqualTo(-3);
          limiter.releaseOnBehalfOf("b0");
          limiter.releaseOnBehalfOf("b1");
          sleep(ZERO);
          assertThat(tasks.get(3).isDone()).isFalse();
          limiter.totalTokens(2);
          tasks.get(3).await();
          assertThat(limiter.statistics().borrowers()).containsExactly("b2", "b3");
        });
  }

  @Test
  void waiterCancelledAfterTheHandOver_theNextGetsTheToken() {
    loop.run(
        () -> {
          limiter.acquire();
          Task<Void> a = createTask(limiter::acquire);
          Task<Void> b = createTask(limiter::acquire);
          sleep(ZERO);
          limiter.release();
          assertThat(limiter.statistics().borrowers()).containsExactly(a);
          a.cancel();
          b.await();
          assertThat(a.isCancelled()).isTrue();
          assertThat(limiter.statistics().borrowers()).containsExactly(b);
        });
  }

  @Test
  void impossibleTotals_areRefused() {
    assertThatThrownBy(() -> new CapacityLimiter(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> limiter.totalTokens(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(limiter.totalTokens()).isEqualTo(1);
  }

  // ---- toThread

  @Test
  void toThread_asManyCallsAsTokens_andNeverMore() {
    CapacityLimiter two = new CapacityLimiter(2);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier pair = new CyclicBarrier(2);
    loop.run(
        () -> {
          List<Callable<Integer>> calls = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            int n = i;
            calls.add(
                () ->
                    toThread(
                        two,
                        () -> {
                          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          pair.await();
                          inside.decrementAndGet();
                          return n;
                        }));
          }
          assertThat(gather(calls).await()).hasSize(20);
          assertThat(two.borrowedTokens()).isZero();
        });
    assertThat(most.get()).isEqualTo(2);
  }

  @Test
  void toThread_taskCancelled_theTokenComesBackWhenTheThreadIsDone() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    loop.run(
        () -> {
          Event begun = new Event();
          EventLoop running = EventLoop.current();
          Task<Void> task =
              createTask(
                  "reader",
                  () ->
                      toThread(
                          limiter,
                          () -> {
                            running.callSoonThreadsafe(begun::set);
                            mayEnd.await();
                          }));
          begun.await();
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
          sleep(ZERO);
          assertThat(limiter.borrowedTokens()).isEqualTo(1);
          assertThat(limiter.statistics().borrowers().get(0).toString()).contains("Task 'reader'");
          Task<String> next = createTask(() -> toThread(limiter, () -> "next"));
          sleep(ZERO);
          assertThat(next.isDone()).isFalse();
          mayEnd.countDown();
          assertThat(next.await()).isEqualTo("next");
          assertThat(limiter.borrowedTokens()).isZero();
        });
  }

  @Test
  void toThread_failure_isThrownAsItWasAndTheTokenComesBack() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      toThread(
                          limiter,
                          () -> {
                            throw new java.io.IOException("disk");
                          }))
              .isInstanceOf(java.io.IOException.class)
              .hasMessage("disk");
          assertThat(limiter.borrowedTokens()).isZero();
        });
  }
}
