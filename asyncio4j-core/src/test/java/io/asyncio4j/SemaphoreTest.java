package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Permits are given in the order of asking, none is lost and none is made. */
class SemaphoreTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private Task<?> acquiring(Semaphore semaphore, String name) {
    return createTask(
        name,
        () -> {
          semaphore.acquire();
          loop.mark(name);
        });
  }

  @Test
  void acquire_permitsLeft_returnsWithoutSuspending() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(2);
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          assertThat(semaphore.isLocked()).isFalse();
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isFalse();
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isTrue();
          loop.mark("main");
          semaphore.release();
          assertThat(semaphore.isLocked()).isFalse();
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void acquire_nonePermitted_waitsInOrder() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          assertThat(semaphore.isLocked()).isTrue();
          Task<?> a = acquiring(semaphore, "a");
          Task<?> b = acquiring(semaphore, "b");
          Task<?> c = acquiring(semaphore, "c");
          sleep(ZERO);
          semaphore.release();
          semaphore.release();
          gather(a, b).await();
          assertThat(c.isDone()).isFalse();
          assertThat(semaphore.isLocked()).isTrue();
          semaphore.release();
          c.await();
          assertThat(semaphore.isLocked()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("a", "b", "c");
  }

  @Test
  void hold_keepsSoManyInside() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(3);
          int[] inside = {0, 0};
          List<Callable<Integer>> coroutines = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            int n = i;
            coroutines.add(
                () -> {
                  try (Hold _ = semaphore.hold()) {
                    inside[1] = Math.max(inside[1], ++inside[0]);
                    sleep(ofMillis(1 + n % 3));
                    inside[0]--;
                  }
                  return n;
                });
          }
          gather(coroutines).await();
          assertThat(inside).containsExactly(0, 3);
          assertThat(semaphore.isLocked()).isFalse();
        });
  }

  @Test
  void release_withoutAcquire_addsAPermit() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          semaphore.release();
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isTrue();
        });
  }

  @Test
  void negativePermits_areRefused() {
    assertThatThrownBy(() -> new Semaphore(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  // ---- strictly first come, first served

  @Test
  void order_threeTasksTwice_takeTurns() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          gather(
                  () -> takeTwice(semaphore, "a"),
                  () -> takeTwice(semaphore, "b"),
                  () -> takeTwice(semaphore, "c"))
              .await();
        });
    assertThat(loop.trail()).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
  }

  private void takeTwice(Semaphore semaphore, String name) {
    for (int i = 1; i <= 2; i++) {
      semaphore.acquire();
      loop.mark(name + i);
      sleep(ofMillis(10));
      semaphore.release();
    }
  }

  @Test
  void order_releaserAsksAgain_goesBehindThoseWhoWait() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          Task<?> first = acquiring(semaphore, "1");
          Task<?> second =
              createTask(
                  () -> {
                    semaphore.acquire();
                    loop.mark("2");
                    semaphore.release();
                    semaphore.acquire();
                    loop.mark("4");
                  });
          Task<?> third = acquiring(semaphore, "3");
          sleep(ZERO);
          semaphore.release();
          semaphore.release();
          gather(first, second, third).await();
        });
    assertThat(loop.trail()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void order_permitsThereButOthersWoken_nobodyOvertakes() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<?> first = acquiring(semaphore, "1");
          Task<?> second =
              createTask(
                  () -> {
                    semaphore.release();
                    semaphore.release();
                    semaphore.release();
                    assertThat(semaphore.isLocked()).isTrue(); // the first has not run yet
                    semaphore.acquire();
                    loop.mark("2");
                  });
          Task<?> third = acquiring(semaphore, "3");
          gather(first, second, third).await();
          assertThat(semaphore.isLocked()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("1", "2", "3");
  }

  @Test
  void order_firstWaiterCancelled_theOthersGoOnInOrder() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<?> a = acquiring(semaphore, "a");
          Task<?> b = acquiring(semaphore, "b");
          Task<?> c = acquiring(semaphore, "c");
          sleep(ZERO);
          a.cancel();
          sleep(ZERO);
          semaphore.release();
          semaphore.release();
          gather(b, c).await();
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("b", "c");
  }

  // ---- cancelled waiters

  @Test
  void twoCancelledBeforeTheRelease_theThirdGetsThePermit() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<?> a = acquiring(semaphore, "a");
          Task<?> b = acquiring(semaphore, "b");
          Task<?> c = acquiring(semaphore, "c");
          Task<?> d = acquiring(semaphore, "d");
          sleep(ZERO);
          a.cancel();
          b.cancel();
          semaphore.release();
          c.await();
          assertThat(d.isDone()).isFalse();
          semaphore.release();
          d.await();
        });
    assertThat(loop.trail()).containsExactly("c", "d");
  }

  @Test
  void cancelledAfterItWasGivenThePermit_handsItOn() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<?> a = acquiring(semaphore, "a");
          Task<?> b = acquiring(semaphore, "b");
          sleep(ZERO);
          semaphore.release(); // gives it to a
          a.cancel();
          waitFor(b, ofSeconds(1));
          assertThat(a.isCancelled()).isTrue();
          assertThat(semaphore.isLocked()).isTrue();
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void cancelledAfterItWasGivenThePermit_nobodyElseWaits_thePermitIsBack() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<?> a = acquiring(semaphore, "a");
          sleep(ZERO);
          semaphore.release();
          a.cancel();
          sleep(ZERO);
          assertThat(a.isCancelled()).isTrue();
          assertThat(semaphore.isLocked()).isFalse();
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isTrue();
        });
  }

  @Test
  void holderCancelsTheWaiterAfterReleasing_noPermitIsLost() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          Task<?>[] second = new Task<?>[1];
          Task<String> first =
              createTask(
                  () -> {
                    try (Hold _ = semaphore.hold()) {
                      sleep(ZERO);
                    }
                    second[0].cancel();
                    return "first";
                  });
          Task<String> waiter =
              createTask(
                  () -> {
                    try (Hold _ = semaphore.hold()) {
                      return "should have been cancelled";
                    }
                  });
          second[0] = waiter;
          GatheredResults<String> results = gatherResults(first, waiter).await();
          assertThat(results.successes()).containsExactly("first");
          assertThat(results.exceptionsOfType(CancellationException.class)).hasSize(1);
          Hold held = waitFor(() -> semaphore.hold(), ofSeconds(1));
          held.close();
          assertThat(semaphore.isLocked()).isFalse();
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void manyCancels_thePermitsAddUp() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(3);
          List<Task<?>> tasks = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            int n = i;
            tasks.add(
                createTask(
                    () -> {
                      try (Hold _ = semaphore.hold()) {
                        sleep(ofMillis(n % 4));
                      }
                    }));
          }
          for (int i = 0; i < 200; i += 3) {
            sleep(ofMillis(1));
            tasks.get(i).cancel();
            tasks.get((i * 7) % 200).cancel();
          }
          gatherResults(tasks).await();
          for (int i = 0; i < 3; i++) {
            assertThat(semaphore.isLocked()).isFalse();
            semaphore.acquire();
          }
          assertThat(semaphore.isLocked()).isTrue();
        });
  }

  @Test
  void acquire_lockedInACallback_throwsAndLeavesNoWaiter() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(semaphore::acquire)
                          .isInstanceOf(IllegalStateException.class)
                          .isNotInstanceOf(CancellationException.class));
          sleep(ZERO);
          semaphore.release();
          semaphore.acquire();
        });
    assertThat(loop.takeReports()).isEmpty();
  }
}
