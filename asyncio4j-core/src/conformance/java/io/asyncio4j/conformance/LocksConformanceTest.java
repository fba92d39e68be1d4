package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.asyncio4j.Barrier;
import io.asyncio4j.Condition;
import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.Hold;
import io.asyncio4j.Lock;
import io.asyncio4j.Semaphore;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_locks.py} means. */
class LocksConformanceTest {
  private static final int PARTIES = 5;

  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> results = new ArrayList<>();
  private final List<Object> moreResults = new ArrayList<>();
  private final List<Object> yetMoreResults = new ArrayList<>();

  private static void turn() {
    sleep(ZERO);
  }

  private Task<Boolean> acquiring(Lock lock, Object mark) {
    return createTask(
        () -> {
          lock.acquire();
          results.add(mark);
          return true;
        });
  }

  private Task<Boolean> acquiring(Semaphore semaphore, Object mark) {
    return createTask(
        () -> {
          semaphore.acquire();
          results.add(mark);
          return true;
        });
  }

  // ---- Lock

  @Test
  @Ported("test_locks.LockTests.test_repr")
  void lock_toString_saysWhetherItIsLocked() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          assertThat(lock).hasToString("Lock (unlocked)");
          lock.acquire();
          assertThat(lock.toString()).startsWith("Lock (locked by Task ");
          lock.release();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_lock_by_with_statement")
  void hold_ofEachPrimitive_isReleased() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          try (Hold _ = lock.hold()) {
            assertThat(lock.isLocked()).isTrue();
          }
          assertThat(lock.isLocked()).isFalse();
          Condition condition = new Condition();
          try (Hold _ = condition.hold()) {
            assertThat(condition.isLocked()).isTrue();
          }
          assertThat(condition.isLocked()).isFalse();
          for (Semaphore semaphore : List.of(new Semaphore(1), Semaphore.bounded(1))) {
            try (Hold _ = semaphore.hold()) {
              assertThat(semaphore.isLocked()).isTrue();
            }
            assertThat(semaphore.isLocked()).isFalse();
          }
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_acquire")
  void lock_acquire_oneByOneInOrder() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          Task<Boolean> t1 = acquiring(lock, 1);
          Task<Boolean> t2 = acquiring(lock, 2);
          turn();
          assertThat(results).isEmpty();
          lock.release();
          turn();
          assertThat(results).containsExactly(1);
          turn();
          assertThat(results).containsExactly(1);
          Task<Boolean> t3 = acquiring(lock, 3);
          lock.release();
          turn();
          assertThat(results).containsExactly(1, 2);
          lock.release();
          turn();
          assertThat(results).containsExactly(1, 2, 3);
          assertThat(t1.resultNow() && t2.resultNow() && t3.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_acquire_cancel")
  void lock_acquireCancelled_leavesNoWaiter() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          Task<Void> task = createTask(lock::acquire);
          EventLoop.current().callSoon(task::cancel);
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
          assertThat(lock.statistics().tasksWaiting()).isZero();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_cancel_race")
  void lock_waiterCancelledWhileItIsReleased_theNextGetsIt() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          Future<Void> blocker = EventLoop.current().createFuture();
          Task<Void> a =
              createTask(
                  () -> {
                    try (Hold _ = lock.hold()) {
                      blocker.await();
                    }
                  });
          turn();
          assertThat(lock.isLocked()).isTrue();
          Task<Void> b = createTask(() -> lock.hold().close());
          turn();
          assertThat(lock.statistics().tasksWaiting()).isEqualTo(1);
          Task<Void> c = createTask(() -> lock.hold().close());
          turn();
          assertThat(lock.statistics().tasksWaiting()).isEqualTo(2);
          blocker.setResult(null);
          b.cancel();
          turn();
          assertThat(lock.isLocked()).isFalse();
          assertThat(a.isDone()).isTrue();
          assertThat(b.isCancelled()).isTrue();
          c.await();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_cancel_release_race")
  void lock_firstWaiterCancelledAndReleasedAtOnce_isTakenOnce() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          int[] calls = {0};
          Callable<Void> lockIt =
              () -> {
                calls[0]++;
                lock.acquire();
                results.add("locked");
                return null;
              };
          Task<Void> t1 = createTask(lockIt);
          Task<Void> t2 = createTask(lockIt);
          Task<Void> t3 = createTask(lockIt);
          turn();
          EventLoop.current()
              .callSoon(
                  () -> {
                    t1.cancel();
                    lock.release();
                  });
          assertThatThrownBy(t1::await).isInstanceOf(CancellationException.class);
          assertThat(results).containsExactly("locked");
          assertThat(calls[0]).isEqualTo(3);
          assertThat(t1.isCancelled()).isTrue();
          assertThat(t2.isDone()).isTrue();
          t3.cancel();
          turn();
          assertThat(t3.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_finished_waiter_cancelled")
  void lock_wokenWaiterCancelled_theNextGetsIt() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          assertThat(lock.isLocked()).isTrue();
          Task<Void> b = createTask(lock::acquire);
          turn();
          assertThat(lock.statistics().tasksWaiting()).isEqualTo(1);
          Task<Void> c = createTask(lock::acquire);
          b.cancel();
          lock.release();
          turn();
          assertThat(lock.isLocked()).isTrue();
          assertThat(b.isCancelled()).isTrue();
          c.await();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_release_not_acquired")
  void lock_releasedUnlocked_throws() {
    assertThatThrownBy(new Lock()::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Ported("test_locks.LockTests.test_release_no_waiters")
  void lock_releasedWithoutWaiters_isUnlocked() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          assertThat(lock.isLocked()).isTrue();
          lock.release();
          assertThat(lock.isLocked()).isFalse();
        });
  }

  @Test
  @Ported("test_locks.LockTests.test_context_manager")
  void lock_hold_isForItsScope() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          assertThat(lock.isLocked()).isFalse();
          try (Hold _ = lock.hold()) {
            assertThat(lock.isLocked()).isTrue();
          }
          assertThat(lock.isLocked()).isFalse();
        });
  }

  // ---- Event

  @Test
  @Ported("test_locks.EventTests.test_repr")
  void event_toString_saysWhetherItIsSet() {
    Event event = new Event();
    assertThat(event).hasToString("Event (not set)");
    event.set();
    assertThat(event).hasToString("Event (set)");
  }

  private Task<Void> awaiting(Event event, Object mark) {
    return createTask(
        () -> {
          event.await();
          results.add(mark);
        });
  }

  @Test
  @Ported("test_locks.EventTests.test_wait")
  void event_await_waitersGoOnInOrderAfterWhoNeedNotWait() {
    loop.run(
        () -> {
          Event event = new Event();
          assertThat(event.isSet()).isFalse();
          Task<Void> t1 = awaiting(event, 1);
          Task<Void> t2 = awaiting(event, 2);
          turn();
          assertThat(results).isEmpty();
          Task<Void> t3 = awaiting(event, 3);
          event.set();
          turn();
          assertThat(results).containsExactly(3, 1, 2);
          assertThat(t1.isDone() && t2.isDone() && t3.isDone()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.EventTests.test_wait_on_set")
  void event_awaitWhenSet_returns() {
    loop.run(
        () -> {
          Event event = new Event();
          event.set();
          event.await();
        });
  }

  @Test
  @Ported("test_locks.EventTests.test_wait_cancel")
  void event_awaitCancelled_leavesNoWaiter() {
    loop.run(
        () -> {
          Event event = new Event();
          Task<Void> wait = createTask(event::await);
          EventLoop.current().callSoon(wait::cancel);
          assertThatThrownBy(wait::await).isInstanceOf(CancellationException.class);
          assertThat(event.statistics().tasksWaiting()).isZero();
        });
  }

  @Test
  @Ported("test_locks.EventTests.test_clear")
  void event_clear_isNotSet() {
    Event event = new Event();
    assertThat(event.isSet()).isFalse();
    event.set();
    assertThat(event.isSet()).isTrue();
    event.clear();
    assertThat(event.isSet()).isFalse();
  }

  @Test
  @Ported("test_locks.EventTests.test_clear_with_waiters")
  void event_clearedBeforeTheWaitersRan_theyGoOn() {
    loop.run(
        () -> {
          Event event = new Event();
          Task<Void> task = awaiting(event, 1);
          turn();
          assertThat(results).isEmpty();
          event.set();
          event.clear();
          assertThat(event.isSet()).isFalse();
          event.set();
          event.set();
          assertThat(event.statistics().tasksWaiting()).isEqualTo(1);
          turn();
          assertThat(results).containsExactly(1);
          assertThat(event.statistics().tasksWaiting()).isZero();
          assertThat(task.isDone()).isTrue();
        });
  }

  // ---- Condition

  private Task<Boolean> awaiting(Condition condition, Object mark, boolean release) {
    return createTask(
        () -> {
          condition.acquire();
          condition.await();
          results.add(mark);
          if (release) {
            condition.release();
          }
          return true;
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait")
  void condition_await_goesOnWithTheLockWhenSignalled() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          Task<Boolean> t1 = awaiting(condition, 1, false);
          Task<Boolean> t2 = awaiting(condition, 2, false);
          Task<Boolean> t3 = awaiting(condition, 3, false);
          turn();
          assertThat(results).isEmpty();
          assertThat(condition.isLocked()).isFalse();
          condition.acquire();
          condition.signal();
          turn();
          assertThat(results).isEmpty();
          assertThat(condition.isLocked()).isTrue();
          condition.release();
          turn();
          assertThat(results).containsExactly(1);
          assertThat(condition.isLocked()).isTrue();
          condition.signal(2);
          turn();
          assertThat(results).containsExactly(1);
          assertThat(condition.isLocked()).isTrue();
          condition.release();
          turn();
          assertThat(results).containsExactly(1, 2);
          assertThat(condition.isLocked()).isTrue();
          condition.release();
          turn();
          assertThat(results).containsExactly(1, 2, 3);
          assertThat(condition.isLocked()).isTrue();
          assertThat(t1.resultNow() && t2.resultNow() && t3.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_cancel")
  void condition_awaitCancelled_hasTheLockAgain() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          condition.acquire();
          Task<Void> wait = createTask(condition::await);
          EventLoop.current().callSoon(wait::cancel);
          assertThatThrownBy(wait::await).isInstanceOf(CancellationException.class);
          assertThat(condition.statistics().tasksWaiting()).isZero();
          assertThat(condition.isLocked()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_cancel_contested")
  void condition_awaitCancelledWhileTheLockIsContested_hasTheLockAgain() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          condition.acquire();
          assertThat(condition.isLocked()).isTrue();
          Task<Void> wait = createTask(condition::await);
          turn();
          assertThat(condition.isLocked()).isFalse();
          condition.acquire();
          assertThat(condition.isLocked()).isTrue();
          condition.signal();
          EventLoop.current().callSoon(wait::cancel);
          EventLoop.current().callSoon(condition::release);
          gatherResults(wait).await();
          assertThat(wait.isDone()).isTrue();
          assertThat(condition.isLocked()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_cancel_after_notify")
  void condition_cancelledAfterTheSignal_isCancelled() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          Task<Void> waiter =
              createTask(
                  () -> {
                    try (Hold _ = condition.hold()) {
                      results.add("waited");
                      condition.await();
                    }
                  });
          turn();
          condition.acquire();
          condition.signal();
          turn();
          waiter.cancel();
          turn();
          condition.release();
          turn();
          assertThat(waiter.isCancelled()).isTrue();
          assertThat(results).containsExactly("waited");
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_unacquired")
  void condition_awaitUnlocked_throws() {
    loop.run(
        () ->
            assertThatThrownBy(new Condition()::await)
                .isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(CancellationException.class));
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_for")
  void condition_awaitUntil_goesOnWhenThePredicateIsTrue() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          boolean[] ready = {false};
          Task<Boolean> task =
              createTask(
                  () -> {
                    condition.acquire();
                    condition.awaitUntil(() -> ready[0]);
                    results.add(1);
                    condition.release();
                    return true;
                  });
          turn();
          assertThat(results).isEmpty();
          condition.acquire();
          condition.signal();
          condition.release();
          turn();
          assertThat(results).isEmpty();
          ready[0] = true;
          condition.acquire();
          condition.signal();
          condition.release();
          turn();
          assertThat(results).containsExactly(1);
          assertThat(task.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_wait_for_unacquired")
  void condition_awaitUntilUnlocked_throwsOnlyIfItMustWait() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          condition.awaitUntil(() -> true);
          assertThatThrownBy(() -> condition.awaitUntil(() -> false))
              .isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_notify")
  void condition_signalOfSome_wakesSoMany() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          Task<Boolean> t1 = awaiting(condition, 1, true);
          Task<Boolean> t2 = awaiting(condition, 2, true);
          Task<Boolean> t3 = awaiting(condition, 3, true);
          turn();
          assertThat(results).isEmpty();
          condition.acquire();
          condition.signal(1);
          condition.release();
          turn();
          assertThat(results).containsExactly(1);
          condition.acquire();
          condition.signal(1);
          condition.signal(2048);
          condition.release();
          turn();
          assertThat(results).containsExactly(1, 2, 3);
          assertThat(t1.resultNow() && t2.resultNow() && t3.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_notify_all")
  void condition_signalAll_wakesAll() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          Task<Boolean> t1 = awaiting(condition, 1, true);
          Task<Boolean> t2 = awaiting(condition, 2, true);
          turn();
          assertThat(results).isEmpty();
          condition.acquire();
          condition.signalAll();
          condition.release();
          turn();
          assertThat(results).containsExactly(1, 2);
          assertThat(t1.resultNow() && t2.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_notify_unacquired")
  void condition_signalUnlocked_throws() {
    assertThatThrownBy(new Condition()::signal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Ported("test_locks.ConditionTests.test_notify_all_unacquired")
  void condition_signalAllUnlocked_throws() {
    assertThatThrownBy(new Condition()::signalAll).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Ported("test_locks.ConditionTests.test_repr")
  void condition_toString_saysWhetherItIsLocked() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          assertThat(condition).hasToString("Condition of Lock (unlocked)");
          condition.acquire();
          assertThat(condition.toString()).contains("(locked by Task ");
          assertThat(condition.statistics().tasksWaiting()).isZero();
          condition.release();
          Task<Boolean> t1 = awaiting(condition, 1, true);
          Task<Boolean> t2 = awaiting(condition, 2, true);
          turn();
          assertThat(condition.statistics().tasksWaiting()).isEqualTo(2);
          try (Hold _ = condition.hold()) {
            condition.signalAll();
          }
          gather(t1, t2).await();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_context_manager")
  void condition_hold_isForItsScope() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          assertThat(condition.isLocked()).isFalse();
          try (Hold _ = condition.hold()) {
            assertThat(condition.isLocked()).isTrue();
          }
          assertThat(condition.isLocked()).isFalse();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_explicit_lock")
  void condition_ofALock_sharesItsState() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          Condition condition = new Condition(lock);
          assertThat(lock.isLocked()).isFalse();
          assertThat(condition.isLocked()).isFalse();
          for (Hold hold = condition.hold(); hold != null; hold = null) {
            assertThat(lock.isLocked()).isTrue();
            assertThat(condition.isLocked()).isTrue();
            hold.close();
          }
          assertThat(lock.isLocked()).isFalse();
          assertThat(condition.isLocked()).isFalse();
          try (Hold _ = lock.hold()) {
            assertThat(lock.isLocked()).isTrue();
            assertThat(condition.isLocked()).isTrue();
          }
          assertThat(lock.isLocked()).isFalse();
          assertThat(condition.isLocked()).isFalse();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_ambiguous_loops")
  void lockAndCondition_ofTwoLoops_areRefusedWhereTheyWouldWait() {
    Lock lock = new Lock();
    Condition condition = new Condition(new Lock());
    loop.allowLeftOverTasks();
    try (EventLoop other = EventLoop.create(loop.options())) {
      other.runUntilComplete(
          () -> {
            lock.acquire();
            createTask(lock::acquire);
            createTask(
                () -> {
                  try (Hold _ = condition.hold()) {
                    condition.await();
                  }
                });
            turn();
            turn();
            return null;
          });
      loop.run(
          () -> {
            assertThatThrownBy(lock::acquire)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop");
            condition.acquire();
            assertThatThrownBy(condition::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop");
            assertThat(condition.isLocked()).isTrue();
          });
      other.allTasks().forEach(Task::cancel);
      condition.release();
      other.runUntilComplete(
          () -> {
            turn();
            turn();
            return null;
          });
    }
  }

  @Test
  @Ported("test_locks.ConditionTests.test_timeout_in_block")
  void condition_awaitInATimeout_timesOut() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          try (Hold _ = condition.hold()) {
            assertThatThrownBy(
                    () ->
                        waitFor(
                            () -> {
                              condition.await();
                              return null;
                            },
                            ofMillis(500)))
                .isInstanceOf(TimeoutException.class);
          }
          assertThat(condition.isLocked()).isFalse();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(500));
  }

  private Task<Void> awaitingAndNotingTheCancellation(
      Condition condition, boolean[] wake, List<CancellationException> raised) {
    return createTask(
        () -> {
          try (Hold _ = condition.hold()) {
            CancellationException e =
                catchThrowableOfType(
                    CancellationException.class, () -> condition.awaitUntil(() -> wake[0]));
            raised.add(e);
            throw e;
          }
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_cancelled_error_wakeup")
  void condition_cancelledBeforeTheSignal_rethrowsTheSameException() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          List<CancellationException> raised = new ArrayList<>();
          Task<Void> task =
              awaitingAndNotingTheCancellation(condition, new boolean[] {false}, raised);
          turn();
          task.cancel("foo");
          assertThatThrownBy(task::await).hasMessage("foo").isSameAs(raised.get(0));
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_cancelled_error_re_aquire")
  void condition_cancelledWhileItReacquires_rethrowsTheSameException() {
    loop.run(
        () -> {
          Condition condition = new Condition();
          List<CancellationException> raised = new ArrayList<>();
          boolean[] wake = {false};
          Task<Void> task = awaitingAndNotingTheCancellation(condition, wake, raised);
          turn();
          condition.acquire();
          wake[0] = true;
          condition.signal();
          turn();
          task.cancel("foo");
          condition.release();
          assertThatThrownBy(task::await).hasMessage("foo").isSameAs(raised.get(0));
        });
  }

  private void signalMeetsCancellation(boolean consumerReacquires) {
    loop.run(
        () -> {
          Condition condition = new Condition();
          int[] state = {0};
          Callable<Void> consumer =
              () -> {
                try (Hold _ = condition.hold()) {
                  while (true) {
                    condition.awaitUntil(() -> state[0] != 0);
                    if (state[0] < 0) {
                      return null;
                    }
                    state[0]--;
                  }
                }
              };
          Task<Void> first = createTask(consumer);
          Task<Void> second = createTask(consumer);
          turn();
          try (Hold _ = condition.hold()) {
            state[0]++;
            condition.signal(1);
            if (consumerReacquires) {
              turn();
            }
            first.cancel();
            // The other consumer takes the item meanwhile, and signals nobody.
            assertThatThrownBy(
                    () -> timeout(ofMillis(10), () -> condition.awaitUntil(() -> state[0] == 0)))
                .isInstanceOf(TimeoutException.class);
            assertThat(state[0]).isZero();
            state[0] = -1;
            condition.signalAll();
          }
          second.await();
          assertThat(first.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.ConditionTests.test_cancelled_wakeup")
  void condition_signalledWaiterCancelled_passesTheSignalOn() {
    signalMeetsCancellation(false);
  }

  @Test
  @Ported("test_locks.ConditionTests.test_cancelled_wakeup_relock")
  void condition_signalledWaiterCancelledWhileItReacquires_passesTheSignalOn() {
    signalMeetsCancellation(true);
  }

  // ---- Semaphore

  @Test
  @Ported("test_locks.SemaphoreTests.test_initial_value_zero")
  void semaphore_ofNoPermits_isLocked() {
    assertThat(new Semaphore(0).isLocked()).isTrue();
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_repr")
  void semaphore_toString_saysHowManyPermitsThereAre() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          assertThat(semaphore).hasToString("Semaphore (1 permit)");
          semaphore.acquire();
          assertThat(semaphore).hasToString("Semaphore (0 permits)");
          assertThat(semaphore.statistics().tasksWaiting()).isZero();
          Task<Boolean> a = acquiring(semaphore, 1);
          Task<Boolean> b = acquiring(semaphore, 2);
          turn();
          assertThat(semaphore.statistics().tasksWaiting()).isEqualTo(2);
          semaphore.release();
          semaphore.release();
          gather(a, b).await();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_semaphore_value")
  void semaphore_ofLessThanNoPermits_isRefused() {
    assertThatThrownBy(() -> new Semaphore(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire")
  void semaphore_acquire_letsAsManyGoOnAsThereArePermits() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(3);
          semaphore.acquire();
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isFalse();
          Task<Boolean> t1 = acquiring(semaphore, 1);
          Task<Boolean> t2 = acquiring(semaphore, 2);
          Task<Boolean> t3 = acquiring(semaphore, 3);
          turn();
          assertThat(results).containsExactly(1);
          assertThat(semaphore.isLocked()).isTrue();
          assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(0, 2));
          Task<Boolean> t4 = acquiring(semaphore, 4);
          semaphore.release();
          semaphore.release();
          assertThat(semaphore.statistics().permits()).isZero();
          turn();
          assertThat(results).hasSize(3);
          assertThat(semaphore.isLocked()).isTrue();
          assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(0, 1));
          assertThat(t1.resultNow()).isTrue();
          assertThat(List.of(t2, t3, t4)).filteredOn(Future::isDone).hasSize(2);
          semaphore.release();
          gather(t2, t3, t4).await();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_cancel")
  void semaphore_acquireCancelled_leavesNoWaiter() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          semaphore.acquire();
          Task<Void> task = createTask(semaphore::acquire);
          EventLoop.current().callSoon(task::cancel);
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
          assertThat(semaphore.statistics().tasksWaiting()).isZero();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_cancel_before_awoken")
  void semaphore_waitersCancelledBeforeTheRelease_theNextGetsThePermit() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<Void> t1 = createTask(semaphore::acquire);
          Task<Void> t2 = createTask(semaphore::acquire);
          Task<Void> t3 = createTask(semaphore::acquire);
          Task<Void> t4 = createTask(semaphore::acquire);
          turn();
          t1.cancel();
          t2.cancel();
          semaphore.release();
          turn();
          turn();
          assertThat(t3.isDone()).isTrue();
          assertThat(t4.isDone()).isFalse();
          t4.cancel();
          turn();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_hang")
  void semaphore_waiterCancelledAtTheRelease_theNextGetsThePermit() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<Void> t1 = createTask(semaphore::acquire);
          Task<Void> t2 = createTask(semaphore::acquire);
          turn();
          t1.cancel();
          semaphore.release();
          turn();
          turn();
          assertThat(semaphore.isLocked()).isTrue();
          assertThat(t2.isDone()).isTrue();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_no_hang")
  void semaphore_waiterCancelledAfterTheRelease_givesThePermitBack() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          List<Task<Void>> second = new ArrayList<>();
          Task<Void> t1 =
              createTask(
                  () -> {
                    try (Hold _ = semaphore.hold()) {
                      turn();
                    }
                    second.get(0).cancel();
                  });
          Task<Void> t2 =
              createTask(
                  () -> {
                    try (Hold _ = semaphore.hold()) {
                      throw new AssertionError("a cancelled task got the permit");
                    }
                  });
          second.add(t2);
          GatheredResults<Void> outcomes = gatherResults(t1, t2).await();
          assertThat(outcomes.exceptionsOfType(CancellationException.class)).hasSize(1);
          assertThat(t1.isCancelled()).isFalse();
          timeout(ofSeconds(1), semaphore::acquire);
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_release_not_acquired")
  void boundedSemaphore_releasedOnceTooOften_throws() {
    Semaphore semaphore = Semaphore.bounded(1);
    assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    assertThat(semaphore.statistics().permits()).isEqualTo(1);
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_release_no_waiters")
  void semaphore_releasedWithoutWaiters_isUnlocked() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          semaphore.acquire();
          assertThat(semaphore.isLocked()).isTrue();
          semaphore.release();
          assertThat(semaphore.isLocked()).isFalse();
        });
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_fifo_order")
  void semaphore_tasksThatTakeItTwice_takeTurns() throws Exception {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          TaskGroup.run(
              group -> {
                for (String tag : List.of("c1", "c2", "c3")) {
                  group.createTask(
                      () -> {
                        for (int i = 1; i <= 2; i++) {
                          semaphore.acquire();
                          results.add(tag + "_" + i);
                          sleep(ofMillis(10));
                          semaphore.release();
                        }
                      });
                }
              });
        });
    assertThat(results).containsExactly("c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2");
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_fifo_order_2")
  void semaphore_releaserAsksAgain_goesToTheEnd() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          Task<Boolean> t1 = acquiring(semaphore, 1);
          Task<Boolean> t2 =
              createTask(
                  () -> {
                    semaphore.acquire();
                    results.add(2);
                    semaphore.release();
                    semaphore.acquire();
                    results.add(4);
                    return true;
                  });
          Task<Boolean> t3 = acquiring(semaphore, 3);
          turn();
          semaphore.release();
          semaphore.release();
          gather(t1, t2, t3).await();
        });
    assertThat(results).containsExactly(1, 2, 3, 4);
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_fifo_order_3")
  void semaphore_firstWaiterCancelled_theOthersKeepTheirOrder() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          Task<Boolean> t1 = acquiring(semaphore, 1);
          Task<Boolean> t2 = acquiring(semaphore, 2);
          Task<Boolean> t3 = acquiring(semaphore, 3);
          turn();
          t1.cancel();
          turn();
          semaphore.release();
          semaphore.release();
          gatherResults(t1, t2, t3).await();
        });
    assertThat(results).containsExactly(2, 3);
  }

  @Test
  @Ported("test_locks.SemaphoreTests.test_acquire_fifo_order_4")
  void semaphore_severalPermitsReleased_oneAcquireWakesAllThatMayGoOn() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(0);
          List<Task<Boolean>> fourth = new ArrayList<>();
          Task<Boolean> t1 =
              createTask(
                  () -> {
                    assertThat(semaphore.statistics().permits()).isZero();
                    semaphore.acquire();
                    assertThat(semaphore.statistics().permits()).isZero();
                    fourth.add(
                        createTask(
                            () -> {
                              results.add(4);
                              return true;
                            }));
                    results.add(1);
                    return true;
                  });
          Task<Boolean> t2 =
              createTask(
                  () -> {
                    semaphore.release();
                    semaphore.release();
                    semaphore.release();
                    assertThat(semaphore.statistics().permits()).isEqualTo(2);
                    assertThat(semaphore.isLocked()).isTrue();
                    semaphore.acquire();
                    results.add(2);
                    return true;
                  });
          Task<Boolean> t3 =
              createTask(
                  () -> {
                    semaphore.acquire();
                    assertThat(semaphore.isLocked()).isTrue();
                    results.add(3);
                    return true;
                  });
          turn();
          assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(2, 3));
          turn();
          gather(t1, t2, t3, fourth.get(0)).await();
        });
    assertThat(results).containsExactly(1, 2, 3, 4);
  }

  // ---- Barrier

  private static <T extends @Nullable Object> List<Task<T>> tasks(
      int n, Callable<? extends T> coroutine) {
    return IntStream.range(0, n).mapToObj(_ -> Asyncio4j.<T>task(coroutine)).toList();
  }

  /** Gives the type argument that a lambda in a stream cannot. */
  private static final class Asyncio4j {
    private Asyncio4j() {}

    static <T extends @Nullable Object> Task<T> task(Callable<? extends T> coroutine) {
      return createTask(coroutine);
    }
  }

  private static <T extends @Nullable Object> List<T> gatherTasks(
      int n, Callable<? extends T> coroutine) {
    return gather(LocksConformanceTest.<T>tasks(n, coroutine)).await();
  }

  private static Callable<Boolean> coroutine(Body body) {
    return () -> {
      body.run();
      return true;
    };
  }

  /** A coroutine without a result. */
  private interface Body {
    void run() throws Exception;
  }

  private static void assertWholeAndEmpty(Barrier barrier) {
    assertThat(barrier.waitingCount()).isZero();
    assertThat(barrier.isBroken()).isFalse();
  }

  @Test
  @Ported("test_locks.BarrierTests.test_barrier")
  void barrier_new_isFilling() {
    assertThat(new Barrier(PARTIES)).hasToString("Barrier (filling, 0 of 5 waiting)");
  }

  @Test
  @Ported("test_locks.BarrierTests.test_repr")
  void barrier_toString_saysItsState() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          List<Task<Integer>> waiters = new ArrayList<>(tasks(2, barrier::await));
          turn();
          assertThat(barrier).hasToString("Barrier (filling, 2 of 5 waiting)");
          waiters.addAll(tasks(barrier.parties() - barrier.waitingCount(), barrier::await));
          turn();
          assertThat(barrier.toString()).contains("draining");
          barrier.reset();
          assertThat(barrier.toString()).contains("resetting");
          waiters.addAll(tasks(2, barrier::await));
          barrier.abort();
          assertThat(barrier.toString()).contains("broken");
          assertThat(barrier.isBroken()).isTrue();
          gatherResults(waiters).await();
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_barrier_parties")
  void barrier_ofNoParties_isRefused() {
    assertThatThrownBy(() -> new Barrier(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Barrier(-4)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new Barrier(PARTIES).parties()).isEqualTo(PARTIES);
  }

  @Test
  @Ported("test_locks.BarrierTests.test_context_manager")
  void barrier_await_givesEachTaskAnIndex() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(3);
          List<Integer> indices =
              new ArrayList<>(LocksConformanceTest.<Integer>gatherTasks(3, barrier::await));
          Collections.sort(indices);
          assertThat(indices).containsExactly(0, 1, 2);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_one_task")
  void barrier_ofOne_isPassedAtOnce() throws Exception {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(1);
          assertThat(barrier.await()).isZero();
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_one_task_twice")
  void barrier_ofOne_isPassedTwice() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(1);
          Task<Integer> t1 = createTask(barrier::await);
          turn();
          assertThat(barrier.waitingCount()).isZero();
          Task<Integer> t2 = createTask(barrier::await);
          turn();
          assertThat(t1.resultNow()).isEqualTo(t2.resultNow());
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_task_by_task")
  void barrier_filledTaskByTask_counts() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(3);
          Task<Integer> t1 = createTask(barrier::await);
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(1);
          assertThat(barrier.toString()).contains("filling");
          Task<Integer> t2 = createTask(barrier::await);
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(2);
          assertThat(barrier.toString()).contains("filling");
          Task<Integer> t3 = createTask(barrier::await);
          turn();
          gather(t1, t2, t3).await();
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_tasks_wait_twice")
  void barrier_passedTwiceByAll_keepsTheRounds() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    barrier.await();
                    results.add(true);
                    barrier.await();
                    results.add(false);
                  }));
          assertThat(results).hasSize(2 * PARTIES);
          assertThat(results.subList(0, PARTIES)).containsOnly(true);
          assertThat(results.subList(PARTIES, 2 * PARTIES)).containsOnly(false);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_tasks_check_return_value")
  void barrier_secondRound_givesEachTaskAnIndexAgain() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          List<Integer> indices =
              new ArrayList<>(
                  LocksConformanceTest.<Integer>gatherTasks(
                      PARTIES,
                      () -> {
                        barrier.await();
                        results.add(true);
                        int index = barrier.await();
                        moreResults.add(true);
                        return index;
                      }));
          assertThat(results).hasSize(PARTIES);
          assertThat(moreResults).hasSize(PARTIES);
          Collections.sort(indices);
          assertThat(indices).containsExactly(0, 1, 2, 3, 4);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_draining_state")
  void barrier_whileTasksLeave_isDrainingUntilTheLast() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    barrier.await();
                    results.add(barrier.toString().contains("draining"));
                  }));
          assertThat(results).containsExactly(true, true, true, true, false);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_blocking_tasks_while_draining")
  void barrier_tasksThatComeWhileItDrains_waitForTheNextRound() {
    loop.run(
        () -> {
          int rewait = 2;
          Barrier barrier = new Barrier(PARTIES);
          Barrier withoutRewaiting = new Barrier(PARTIES - rewait);
          int[] left = {rewait};
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    barrier.await();
                    if (left[0] > 0) {
                      left[0]--;
                      barrier.await();
                    } else {
                      withoutRewaiting.await();
                      barrier.await();
                    }
                    results.add(true);
                  }));
          assertThat(results).hasSize(PARTIES);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_filling_tasks_cancel_one")
  void barrier_oneCancelled_countsNoMore() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(3);
          Callable<Boolean> body =
              coroutine(
                  () -> {
                    barrier.await();
                    results.add(true);
                  });
          Task<Boolean> t1 = createTask(body);
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(1);
          Task<Boolean> t2 = createTask(body);
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(2);
          t1.cancel();
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(1);
          assertThatThrownBy(t1::await).isInstanceOf(CancellationException.class);
          assertThat(t1.isCancelled()).isTrue();
          Task<Boolean> t3 = createTask(body);
          turn();
          assertThat(barrier.waitingCount()).isEqualTo(2);
          Task<Boolean> t4 = createTask(body);
          gather(t2, t3, t4).await();
          assertThat(results).hasSize(3);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier")
  void barrier_resetEmpty_staysWhole() {
    Barrier barrier = new Barrier(1);
    barrier.reset();
    assertWholeAndEmpty(barrier);
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier_while_tasks_waiting")
  void barrier_resetWhileTasksWait_breaksThemOnly() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          List<Task<Boolean>> tasks =
              tasks(
                  PARTIES - 1,
                  coroutine(
                      () -> {
                        try {
                          barrier.await();
                        } catch (BrokenBarrierException e) {
                          results.add(true);
                        }
                      }));
          turn();
          createTask(barrier::reset);
          gather(tasks).await();
          assertThat(results).hasSize(PARTIES - 1);
          assertThat(barrier.toString()).doesNotContain("resetting");
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier_when_tasks_half_draining")
  void barrier_resetWhileItDrains_breaksThoseWhoHaveNotLeft() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          int[] passed = {0};
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    try {
                      barrier.await();
                    } catch (BrokenBarrierException e) {
                      results.add(true);
                      return;
                    }
                    passed[0]++;
                    if (PARTIES - passed[0] == PARTIES / 2) {
                      barrier.reset();
                    }
                  }));
          assertThat(results).hasSize(PARTIES / 2);
          assertThat(barrier.toString()).doesNotContain("resetting");
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier_when_tasks_half_draining_half_blocking")
  void barrier_resetWhileSomeLeaveAndSomeCome_breaksThoseWhoHaveNotLeft() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          int blocking = PARTIES / 2;
          int[] count = {0};
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    try {
                      barrier.await();
                    } catch (BrokenBarrierException e) {
                      results.add(true);
                      barrier.await();
                      return;
                    }
                    count[0]++;
                    if (count[0] > blocking) {
                      barrier.reset();
                      barrier.await();
                    } else {
                      try {
                        barrier.await();
                      } catch (BrokenBarrierException e) {
                        moreResults.add(true);
                      }
                    }
                  }));
          assertThat(results).hasSize(blocking);
          assertThat(moreResults).isEmpty();
          assertThat(barrier.toString()).doesNotContain("resetting");
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier_while_tasks_waiting_and_waiting_again")
  void barrier_brokenTasksThatComeAgain_fillItAnew() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          List<Task<Boolean>> tasks =
              tasks(
                  PARTIES - 1,
                  coroutine(
                      () -> {
                        try {
                          barrier.await();
                        } catch (BrokenBarrierException e) {
                          results.add(true);
                        }
                        barrier.await();
                        moreResults.add(true);
                      }));
          createTask(barrier::reset);
          turn();
          Task<Boolean> last =
              createTask(
                  coroutine(
                      () -> {
                        barrier.await();
                        moreResults.add(true);
                      }));
          gather(tasks).await();
          last.await();
          assertThat(results).hasSize(PARTIES - 1);
          assertThat(moreResults).hasSize(PARTIES);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_reset_barrier_while_tasks_draining")
  void barrier_resetByTheLastToLeave_keepsThoseWhoCameForTheNextRound() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          int[] count = {0};
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    barrier.await();
                    count[0]++;
                    if (count[0] == PARTIES) {
                      barrier.reset();
                      barrier.await();
                    } else {
                      try {
                        barrier.await();
                        results.add(true);
                      } catch (BrokenBarrierException e) {
                        moreResults.add(true);
                      }
                    }
                    barrier.await();
                    yetMoreResults.add(true);
                  }));
          assertThat(results).hasSize(PARTIES - 1);
          assertThat(moreResults).isEmpty();
          assertThat(yetMoreResults).hasSize(PARTIES);
          assertWholeAndEmpty(barrier);
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_abort_barrier")
  void barrier_aborted_isBroken() {
    Barrier barrier = new Barrier(1);
    barrier.abort();
    assertThat(barrier.waitingCount()).isZero();
    assertThat(barrier.isBroken()).isTrue();
  }

  @Test
  @Ported("test_locks.BarrierTests.test_abort_barrier_when_tasks_half_draining_half_blocking")
  void barrier_abortedWhileSomeLeaveAndSomeCome_breaksAllThatWait() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          int blocking = PARTIES / 2;
          int[] count = {0};
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    try {
                      barrier.await();
                    } catch (BrokenBarrierException e) {
                      results.add(true);
                      return;
                    }
                    count[0]++;
                    if (count[0] > blocking) {
                      barrier.abort();
                    } else {
                      try {
                        barrier.await();
                      } catch (BrokenBarrierException e) {
                        moreResults.add(true);
                      }
                    }
                  }));
          assertThat(barrier.isBroken()).isTrue();
          assertThat(results).hasSize(blocking);
          assertThat(moreResults).hasSize(PARTIES - blocking - 1);
          assertThat(barrier.waitingCount()).isZero();
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_abort_barrier_when_exception")
  void barrier_abortedByATaskThatFails_breaksTheOthers() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    try {
                      if (barrier.await() == PARTIES / 2) {
                        throw new ArithmeticException();
                      }
                      barrier.await();
                      results.add(true);
                    } catch (BrokenBarrierException e) {
                      moreResults.add(true);
                    } catch (ArithmeticException e) {
                      barrier.abort();
                    }
                  }));
          assertThat(barrier.isBroken()).isTrue();
          assertThat(results).isEmpty();
          assertThat(moreResults).hasSize(PARTIES - 1);
          assertThat(barrier.waitingCount()).isZero();
        });
  }

  @Test
  @Ported("test_locks.BarrierTests.test_abort_barrier_when_exception_then_resetting")
  void barrier_abortedAndReset_isPassedAgain() {
    loop.run(
        () -> {
          Barrier barrier = new Barrier(PARTIES);
          Barrier other = new Barrier(PARTIES);
          gatherTasks(
              PARTIES,
              coroutine(
                  () -> {
                    try {
                      if (barrier.await() == PARTIES / 2) {
                        throw new ArithmeticException();
                      }
                      barrier.await();
                      results.add(true);
                    } catch (BrokenBarrierException e) {
                      moreResults.add(true);
                    } catch (ArithmeticException e) {
                      barrier.abort();
                    }
                    if (other.await() == PARTIES / 2) {
                      barrier.reset();
                    }
                    other.await();
                    barrier.await();
                    yetMoreResults.add(true);
                  }));
          assertThat(results).isEmpty();
          assertThat(moreResults).hasSize(PARTIES - 1);
          assertThat(yetMoreResults).hasSize(PARTIES);
          assertWholeAndEmpty(barrier);
        });
  }
}
