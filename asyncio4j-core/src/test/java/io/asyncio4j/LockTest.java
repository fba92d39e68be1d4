package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One task at a time, in the order in which they asked, whoever is cancelled. */
class LockTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Lock lock = new Lock();

  private Task<?> acquiring(String name) {
    return createTask(
        name,
        () -> {
          lock.acquire();
          loop.mark(name);
        });
  }

  @Test
  void acquire_free_returnsWithoutSuspending() {
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          assertThat(lock.isLocked()).isFalse();
          lock.acquire();
          assertThat(lock.isLocked()).isTrue();
          loop.mark("main");
          lock.release();
          assertThat(lock.isLocked()).isFalse();
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void acquire_locked_waitersGetItOneByOneInOrder() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          Task<?> b = acquiring("b");
          Task<?> c = acquiring("c");
          sleep(ZERO);
          assertThat(loop.trail()).isEmpty();
          for (Task<?> task : new Task<?>[] {a, b, c}) {
            lock.release();
            assertThat(lock.isLocked()).isFalse();
            sleep(ZERO);
            sleep(ZERO);
            assertThat(task.isDone()).isTrue();
            assertThat(lock.isLocked()).isTrue();
          }
          lock.release();
        });
    assertThat(loop.trail()).containsExactly("a", "b", "c");
  }

  @Test
  void acquire_releasedWithOthersWaiting_doesNotOvertake() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> waiter =
              createTask(
                  () -> {
                    lock.acquire();
                    loop.mark("waiter");
                    lock.release();
                  });
          sleep(ZERO);
          lock.release(); // it is the waiter's turn, which has not run yet
          lock.acquire();
          loop.mark("main");
          lock.release();
          assertThat(waiter.isDone()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("waiter", "main");
  }

  @Test
  void hold_releasesAtTheEndAndOnFailure() {
    loop.run(
        () -> {
          try (Hold _ = lock.hold()) {
            assertThat(lock.isLocked()).isTrue();
          }
          assertThat(lock.isLocked()).isFalse();
          assertThatThrownBy(
                  () -> {
                    try (Hold _ = lock.hold()) {
                      throw new ArithmeticException("inside");
                    }
                  })
              .hasMessage("inside");
          assertThat(lock.isLocked()).isFalse();
        });
  }

  @Test
  void hold_severalTasks_neverOverlap() {
    loop.run(
        () ->
            gather(
                    () -> criticalSection("a"),
                    () -> criticalSection("b"),
                    () -> criticalSection("c"))
                .await());
    assertThat(loop.trail())
        .containsExactly("a enters", "a leaves", "b enters", "b leaves", "c enters", "c leaves");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(30));
  }

  private void criticalSection(String name) {
    try (Hold _ = lock.hold()) {
      loop.mark(name + " enters");
      sleep(ofMillis(10));
      loop.mark(name + " leaves");
    }
  }

  @Test
  void release_unlocked_throws() {
    assertThatThrownBy(lock::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not locked");
  }

  // ---- cancelled waiters

  @Test
  void waiterCancelled_doesNotGetItAndTheNextDoes() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          Task<?> b = acquiring("b");
          sleep(ZERO);
          a.cancel();
          sleep(ZERO);
          assertThat(a.isCancelled()).isTrue();
          assertThat(lock.isLocked()).isTrue();
          lock.release();
          b.await();
          lock.release();
        });
    assertThat(loop.trail()).containsExactly("b");
  }

  @Test
  void waiterCancelledInTheTurnOfTheRelease_beforeIt_theNextGetsIt() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          Task<?> b = acquiring("b");
          Task<?> c = acquiring("c");
          sleep(ZERO);
          a.cancel();
          lock.release();
          b.await();
          assertThat(a.isCancelled()).isTrue();
          assertThat(c.isDone()).isFalse();
          lock.release();
          c.await();
          lock.release();
        });
    assertThat(loop.trail()).containsExactly("b", "c");
  }

  @Test
  void waiterCancelledInTheTurnOfTheRelease_afterIt_handsItsTurnOn() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          Task<?> b = acquiring("b");
          sleep(ZERO);
          lock.release(); // wakes a
          a.cancel();
          waitFor(b, ofSeconds(1));
          assertThat(a.isCancelled()).isTrue();
          assertThat(lock.isLocked()).isTrue();
          lock.release();
        });
    assertThat(loop.trail()).containsExactly("b");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void allWaitersCancelled_inTheirTurn_leavesTheLockFree() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          Task<?> b = acquiring("b");
          sleep(ZERO);
          lock.release();
          a.cancel();
          b.cancel();
          sleep(ZERO);
          assertThat(a.isCancelled()).isTrue();
          assertThat(b.isCancelled()).isTrue();
          assertThat(lock.isLocked()).isFalse();
          lock.acquire();
          lock.release();
        });
  }

  @Test
  void acquire_freeAndAllWaitersCancelled_takesItAtOnce() {
    loop.run(
        () -> {
          lock.acquire();
          Task<?> a = acquiring("a");
          sleep(ZERO);
          a.cancel(); // it has not run since, so it still waits in line
          lock.release();
          EventLoop.current().callSoon(() -> loop.mark("turn"));
          lock.acquire();
          loop.mark("main");
          sleep(ZERO);
          assertThat(a.isCancelled()).isTrue();
          lock.release();
        });
    assertThat(loop.trail()).containsExactly("main", "turn");
  }

  @Test
  void timeoutOfAWaiter_leavesTheLockInOrder() {
    loop.run(
        () -> {
          lock.acquire();
          assertThatThrownBy(() -> waitFor(() -> lock.hold(), ofMillis(10)))
              .isInstanceOf(TimeoutException.class);
          Task<?> b = acquiring("b");
          sleep(ZERO);
          lock.release();
          b.await();
          lock.release();
          assertThat(lock.isLocked()).isFalse();
        });
  }

  @Test
  void acquire_lockedInACallback_throwsAndLeavesNoWaiter() {
    loop.run(
        () -> {
          lock.acquire();
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(lock::acquire)
                          .isInstanceOf(IllegalStateException.class)
                          .isNotInstanceOf(CancellationException.class));
          sleep(ZERO);
          Task<?> waiter = acquiring("waiter");
          sleep(ZERO);
          lock.release();
          waitFor(waiter, ofSeconds(1));
        });
    assertThat(loop.takeReports()).isEmpty();
    assertThat(loop.elapsed()).isZero();
  }
}
