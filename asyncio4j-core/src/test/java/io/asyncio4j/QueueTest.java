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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Items go through in order, each to one task, and no wake-up is lost. */
class QueueTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private Task<?> getting(Queue<String> queue, String name) {
    return createTask(name, () -> loop.mark(name + " got " + queue.get()));
  }

  private Task<?> putting(Queue<String> queue, String item) {
    return createTask(
        "put " + item,
        () -> {
          queue.put(item);
          loop.mark("put " + item);
        });
  }

  // ---- without waiting

  @Test
  void putNowAndGetNow_keepTheOrder() {
    Queue<String> queue = new Queue<>();
    assertThat(queue.isEmpty()).isTrue();
    queue.putNow("a");
    queue.putNow("b");
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.isEmpty()).isFalse();
    assertThat(queue.getNow()).isEqualTo("a");
    assertThat(queue.getNow()).isEqualTo("b");
    assertThatThrownBy(queue::getNow)
        .isInstanceOf(QueueEmptyException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void putNow_full_throws() {
    Queue<String> queue = new Queue<>(1);
    queue.putNow("a");
    assertThat(queue.isFull()).isTrue();
    assertThatThrownBy(() -> queue.putNow("b"))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("holds 1");
    assertThat(queue.getNow()).isEqualTo("a");
    assertThat(queue.isFull()).isFalse();
  }

  @Test
  void maxSizeZeroOrLess_isNoBound() {
    for (int maxSize : new int[] {0, -5}) {
      Queue<Integer> queue = new Queue<>(maxSize);
      IntStream.range(0, 1000).forEach(queue::putNow);
      assertThat(queue.isFull()).isFalse();
      assertThat(queue.maxSize()).isEqualTo(maxSize);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // a caller without null checks
  void putNull_isRefusedAndLosesNothing() {
    Queue<String> queue = new Queue<>();
    assertThatThrownBy(() -> queue.putNow(null)).isInstanceOf(NullPointerException.class);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void getAndPut_possible_doNotSuspend() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          queue.put("a");
          assertThat(queue.get()).isEqualTo("a");
          loop.mark("main");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  // ---- waiting

  @Test
  void get_empty_waitsForAnItem() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          EventLoop.current().callLater(ofMillis(10), () -> queue.putNow("a"));
          assertThat(queue.get()).isEqualTo("a");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  void get_severalWait_areServedInOrder() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> a = getting(queue, "a");
          Task<?> b = getting(queue, "b");
          Task<?> c = getting(queue, "c");
          sleep(ZERO);
          queue.putNow("1");
          queue.putNow("2");
          queue.putNow("3");
          gather(a, b, c).await();
        });
    assertThat(loop.trail()).containsExactly("a got 1", "b got 2", "c got 3");
  }

  @Test
  void put_full_severalWait_areServedInOrder() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          queue.put("0");
          Task<?> a = putting(queue, "a");
          Task<?> b = putting(queue, "b");
          sleep(ZERO);
          assertThat(queue.get()).isEqualTo("0");
          assertThat(queue.get()).isEqualTo("a");
          assertThat(queue.get()).isEqualTo("b");
          gather(a, b).await();
          assertThat(queue.isEmpty()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("put a", "put b");
  }

  @Test
  void producerAndConsumers_eachItemOnce() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(3);
          List<Integer> got = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            int n = i;
            createTask(
                () -> {
                  while (true) {
                    int item = queue.get();
                    sleep(ofMillis(n));
                    got.add(item);
                    queue.taskDone();
                  }
                });
          }
          for (int i = 0; i < 500; i++) {
            queue.put(i);
            assertThat(queue.size()).isLessThanOrEqualTo(3);
          }
          queue.join();
          assertThat(got)
              .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 500).boxed().toList());
          loop.allowLeftOverTasks();
        });
  }

  @Test
  void get_itemTakenByAnotherBeforeTheWokenRan_waitsOn() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> waiter = getting(queue, "waiter");
          sleep(ZERO);
          queue.putNow("first");
          assertThat(queue.getNow()).isEqualTo("first");
          sleep(ZERO);
          assertThat(waiter.isDone()).isFalse();
          queue.putNow("second");
          waiter.await();
        });
    assertThat(loop.trail()).containsExactly("waiter got second");
  }

  // ---- cancelled waiters

  @Test
  void getterCancelled_takesNothing() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> a = getting(queue, "a");
          sleep(ZERO);
          a.cancel();
          sleep(ZERO);
          queue.putNow("item");
          assertThat(queue.getNow()).isEqualTo("item");
          assertThat(a.isCancelled()).isTrue();
        });
  }

  @Test
  void getterCancelledAfterItWasWoken_handsOnAndNoItemIsLost() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> a = getting(queue, "a");
          Task<?> b = getting(queue, "b");
          sleep(ZERO);
          queue.putNow("item"); // wakes a
          a.cancel();
          waitFor(b, ofSeconds(1));
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("b got item");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void getterCancelledBeforeThePutInTheSameTurn_theNextIsWoken() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> a = getting(queue, "a");
          Task<?> b = getting(queue, "b");
          sleep(ZERO);
          a.cancel();
          queue.putNow("item");
          waitFor(b, ofSeconds(1));
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("b got item");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void getterTimesOut_inTheTurnOfThePut_noItemIsLost() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          EventLoop.current().callLater(ofMillis(10), () -> queue.putNow("item"));
          assertThatThrownBy(() -> waitFor(queue::get, ofMillis(10)))
              .isInstanceOf(TimeoutException.class);
          assertThat(queue.getNow()).isEqualTo("item");
        });
  }

  @Test
  void putterCancelled_putsNothing() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          queue.put("0");
          Task<?> a = putting(queue, "a");
          sleep(ZERO);
          a.cancel();
          sleep(ZERO);
          assertThat(queue.getNow()).isEqualTo("0");
          sleep(ZERO);
          assertThat(queue.isEmpty()).isTrue();
          assertThat(a.isCancelled()).isTrue();
        });
  }

  @Test
  void putterCancelledAfterItWasWoken_handsOn() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          queue.put("0");
          Task<?> a = putting(queue, "a");
          Task<?> b = putting(queue, "b");
          sleep(ZERO);
          assertThat(queue.getNow()).isEqualTo("0"); // wakes a
          a.cancel();
          waitFor(b, ofSeconds(1));
          assertThat(queue.getNow()).isEqualTo("b");
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void getInACallback_empty_throwsAndLeavesNoDeadWaiter() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(queue::get)
                          .isInstanceOf(IllegalStateException.class)
                          .isNotInstanceOf(CancellationException.class));
          sleep(ZERO);
          Task<?> waiter = getting(queue, "waiter");
          sleep(ZERO);
          queue.putNow("item");
          waitFor(waiter, ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("waiter got item");
    assertThat(loop.elapsed()).isZero();
    assertThat(loop.takeReports()).isEmpty();
  }

  // ---- taskDone and join

  @Test
  void join_emptyQueue_returnsAtOnce() {
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          new Queue<String>().join();
          loop.mark("main");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void join_waitsUntilAllItemsAreDealtWith() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          IntStream.range(0, 10).forEach(queue::putNow);
          int[] sum = {0};
          for (int i = 0; i < 2; i++) {
            createTask(
                () -> {
                  while (true) {
                    int item = queue.get();
                    sleep(ofMillis(1));
                    sum[0] += item;
                    queue.taskDone();
                  }
                });
          }
          queue.join();
          assertThat(sum[0]).isEqualTo(45);
          queue.putNow(100); // again
          queue.join();
          assertThat(sum[0]).isEqualTo(145);
          loop.allowLeftOverTasks();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(6));
  }

  @Test
  void taskDone_tooOften_throws() {
    Queue<String> queue = new Queue<>();
    assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
    queue.putNow("a");
    queue.taskDone();
    assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
  }

  // ---- shutdown

  @Test
  void shutdown_empty_refusesBoth() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.shutdown();
          for (ThrowingRunnable<RuntimeException> use :
              List.<ThrowingRunnable<RuntimeException>>of(
                  () -> queue.put("a"), () -> queue.putNow("a"), queue::get, queue::getNow)) {
            assertThatThrownBy(use::run)
                .isInstanceOf(QueueShutDownException.class)
                .hasMessageContaining("shut down");
          }
          queue.join();
          assertThat(queue.size()).isZero();
        });
  }

  @Test
  void shutdown_withItems_theyCanStillBeTaken() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.putNow("a");
          queue.putNow("b");
          queue.shutdown();
          assertThatThrownBy(() -> queue.putNow("c")).isInstanceOf(QueueShutDownException.class);
          assertThat(queue.get()).isEqualTo("a");
          assertThat(queue.getNow()).isEqualTo("b");
          assertThatThrownBy(queue::get).isInstanceOf(QueueShutDownException.class);
          Task<?> joining = createTask(queue::join);
          sleep(ZERO);
          assertThat(joining.isDone()).isFalse();
          queue.taskDone();
          queue.taskDone();
          joining.await();
        });
  }

  @Test
  void shutdown_wakesThoseWhoWaitToGet() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<?> a = getting(queue, "a");
          Task<?> b = getting(queue, "b");
          sleep(ZERO);
          queue.shutdown();
          GatheredResults<@Nullable Object> results = outcomes(a, b);
          assertThat(results.exceptionsOfType(QueueShutDownException.class)).hasSize(2);
        });
  }

  @Test
  void shutdown_wakesThoseWhoWaitToPutAndDropsNothing() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          queue.put("kept");
          Task<?> a = putting(queue, "a");
          Task<?> b = putting(queue, "b");
          sleep(ZERO);
          queue.shutdown();
          GatheredResults<@Nullable Object> results = outcomes(a, b);
          assertThat(results.exceptionsOfType(QueueShutDownException.class)).hasSize(2);
          assertThat(queue.get()).isEqualTo("kept");
        });
  }

  @Test
  void shutdown_twice_changesNothing() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.putNow("a");
          queue.shutdown();
          queue.shutdown();
          assertThat(queue.get()).isEqualTo("a");
        });
  }

  @Test
  void shutdownNow_dropsTheItemsAndReleasesJoin() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.putNow("a");
          queue.putNow("b");
          Task<?> joining = createTask(queue::join);
          sleep(ZERO);
          queue.shutdownNow();
          joining.await();
          assertThat(queue.size()).isZero();
          assertThatThrownBy(queue::get).isInstanceOf(QueueShutDownException.class);
        });
  }

  @Test
  void shutdownNow_anItemIsBeingDealtWith_joinWaitsForIt() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.putNow("a");
          queue.putNow("b");
          assertThat(queue.get()).isEqualTo("a");
          Task<?> joining = createTask(queue::join);
          sleep(ZERO);
          queue.shutdownNow();
          sleep(ofMillis(1));
          assertThat(joining.isDone()).isFalse();
          queue.taskDone();
          joining.await();
          assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        });
  }

  private static GatheredResults<@Nullable Object> outcomes(Task<?>... tasks) {
    return Asyncio.<@Nullable Object>gatherResults(List.of(tasks)).await();
  }
}
