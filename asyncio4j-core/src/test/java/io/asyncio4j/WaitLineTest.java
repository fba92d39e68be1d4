package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What reports are told of those who wait; what all lines refuse. */
class WaitLineTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** Lets a task wait, and returns what it says it awaits. */
  private String awaited(ThrowingRunnable<Exception> wait) {
    Task<@Nullable Void> task = createTask("waiter", wait);
    sleep(ZERO);
    String text = task.toString();
    task.cancel();
    sleep(ZERO);
    return text.substring(text.indexOf("awaiting"));
  }

  @Test
  void eachPrimitive_saysByItsNameWhatIsWaitedFor() {
    loop.run(
        () -> {
          Lock lock = new Lock().named("orders");
          lock.acquire();
          assertThat(awaited(lock::acquire))
              .isEqualTo("awaiting Lock 'orders' (locked by Task 'Task-1')");
          Semaphore semaphore = new Semaphore(0).named("tills");
          assertThat(awaited(semaphore::acquire))
              .isEqualTo("awaiting Semaphore 'tills' (0 permits)");
          Event event = new Event().named("open");
          assertThat(awaited(event::await)).isEqualTo("awaiting Event 'open' (not set)");
          Condition condition = new Condition().named("stock");
          assertThat(
                  awaited(
                      () -> {
                        try (Hold _ = condition.hold()) {
                          condition.await();
                        }
                      }))
              .isEqualTo("awaiting Condition 'stock' of Lock (unlocked)");
          Barrier barrier = new Barrier(2).named("start");
          assertThat(awaited(barrier::await))
              .isEqualTo("awaiting Barrier 'start' (filling, 1 of 2 waiting), to be passed");
          Queue<Integer> queue = new Queue<Integer>(1).named("jobs");
          assertThat(awaited(queue::get)).isEqualTo("awaiting Queue 'jobs' (0 of 1 items), to get");
          queue.putNow(1);
          assertThat(awaited(() -> queue.put(2)))
              .isEqualTo("awaiting Queue 'jobs' (1 of 1 items), to put");
          assertThat(awaited(queue::join))
              .isEqualTo("awaiting Queue 'jobs' (1 of 1 items), to join");
          CapacityLimiter limiter = new CapacityLimiter(0).named("threads");
          assertThat(awaited(limiter::acquire))
              .isEqualTo("awaiting CapacityLimiter 'threads' (0 of 0 tokens borrowed)");
          Channel<Integer> channel = new Channel<Integer>(0).named("lines");
          assertThat(awaited(() -> channel.sender().send(1)))
              .isEqualTo(
                  "awaiting Channel 'lines' (0 of 0 items, 1 senders, 1 receivers), to send");
          RateLimiter rate = new RateLimiter(1, java.time.Duration.ofSeconds(1)).named("calls");
          rate.acquire();
          assertThat(awaited(rate::acquire)).isEqualTo("awaiting RateLimiter 'calls' (1 in PT1S)");
        });
  }

  @Test
  void holders_ofASemaphore_areWhoAcquiredAndDidNotRelease() {
    loop.run(
        () -> {
          Holders holders = new Holders();
          Task<?> main = Asyncio.currentTask();
          Task<@Nullable Void> other = createTask(() -> {});
          holders.took(main);
          holders.took(main);
          holders.took(other);
          holders.took(null);
          assertThat(holders.tasks()).isEqualTo(List.of(main, other));
          holders.gaveBack(main);
          assertThat(holders.tasks()).isEqualTo(List.of(main, other));
          holders.gaveBack(null); // by a callback: what was taken first
          assertThat(holders.tasks()).isEqualTo(List.of(other));
          holders.gaveBack(other);
          holders.gaveBack(other);
          assertThat(holders.tasks()).isEmpty();
          other.await();
        });
  }

  @Test
  void holders_ofTasksThatEndWithoutReleasing_areForgotten() {
    loop.run(
        () -> {
          Holders holders = new Holders();
          for (int i = 0; i < 1_000; i++) {
            Task<@Nullable Void> task = createTask(() -> {});
            holders.took(task);
            task.await();
          }
          assertThat(holders.tasks()).hasSizeLessThan(20);
        });
  }

  @Test
  void hold_closedTwice_releasesOnce() {
    loop.run(
        () -> {
          Semaphore semaphore = new Semaphore(1);
          Hold hold = semaphore.hold();
          hold.close();
          hold.close();
          assertThat(semaphore.statistics().permits()).isEqualTo(1);
        });
  }

  @Test
  void priorityQueue_equalItems_comeInTheOrderInWhichTheyWerePut() {
    loop.run(
        () -> {
          Queue<String> queue = Queue.priority(java.util.Comparator.comparing(String::length));
          List.of("ccc", "b1", "a", "b2", "b3").forEach(queue::putNow);
          List<String> items = new ArrayList<>();
          for (Optional<String> item = queue.poll(); item.isPresent(); item = queue.poll()) {
            items.add(item.get());
          }
          assertThat(items).containsExactly("a", "b1", "b2", "b3", "ccc");
        });
  }

  @Test
  void usedFromAnotherThread_whereTasksHaveWaited_isRefusedAndChangesNothing() {
    loop.run(
        () -> {
          Lock lock = new Lock();
          lock.acquire();
          Task<@Nullable Void> waiter = createTask(lock::acquire);
          sleep(ZERO);
          Queue<Integer> queue = new Queue<>();
          Task<Integer> getter = createTask(queue::get);
          sleep(ZERO);
          assertThatThrownBy(() -> Asyncio.toThread(lock::release))
              .isInstanceOf(WrongThreadException.class)
              .hasMessageContaining("Lock.release");
          assertThat(lock.isLocked()).isTrue();
          assertThatThrownBy(() -> Asyncio.toThread(() -> queue.putNow(1)))
              .isInstanceOf(WrongThreadException.class);
          assertThat(queue.isEmpty()).isTrue();
          lock.release();
          waiter.await();
          queue.putNow(2);
          assertThat(getter.await()).isEqualTo(2);
        });
  }

  @Test
  void usedOnALoopAfterAnotherWasClosed_works() {
    Event event = new Event();
    for (int i = 0; i < 2; i++) {
      loop.run(
          () -> {
            Task<@Nullable Void> waiter = createTask(event::await);
            sleep(ZERO);
            event.set();
            waiter.await();
            event.clear();
          });
    }
  }
}
