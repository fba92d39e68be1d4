package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Queue;
import io.asyncio4j.QueueEmptyException;
import io.asyncio4j.QueueFullException;
import io.asyncio4j.QueueShutDownException;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What CPython's {@code test_queues.py} means. */
class QueuesConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> results = new ArrayList<>();

  /** The three kinds of queue, which CPython tests by a mixin. */
  enum Kind {
    FIFO,
    LIFO,
    PRIORITY;

    Queue<Integer> create(int maxSize) {
      return switch (this) {
        case FIFO -> new Queue<>(maxSize);
        case LIFO -> Queue.lifo(maxSize);
        case PRIORITY -> Queue.priority(maxSize);
      };
    }
  }

  private static void turn() {
    sleep(ZERO);
  }

  private static void assertShutDown(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(QueueShutDownException.class);
  }

  private static void assertShutDown(Queue<Integer> queue) {
    assertShutDown(() -> queue.put(7));
    assertShutDown(() -> queue.putNow(7));
    assertShutDown(queue::get);
    assertShutDown(queue::getNow);
  }

  private static List<Integer> take(Queue<Integer> queue, int n) {
    List<Integer> items = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      items.add(queue.get());
    }
    return items;
  }

  private static Queue<Integer> with(Queue<Integer> queue, int... items) {
    for (int item : items) {
      queue.put(item);
    }
    return queue;
  }

  // ---- basics

  @Test
  @Ported({
    "test_queues.QueueBasicTests.test_repr",
    "test_queues.QueueBasicTests.test_str",
    "test_queues._QueueJoinTestMixin.test_format",
    "test_queues._QueueShutdownTestMixin.test_format"
  })
  void toString_andStatistics_sayWhatItHoldsAndWhoWaits() throws Exception {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          assertThat(queue).hasToString("Queue (0 items)");
          Task<Integer> getter = createTask(queue::get);
          turn();
          assertThat(queue.statistics().tasksWaitingGet()).isEqualTo(1);
          queue.putNow(0);
          assertThat(getter.await()).isZero();
          Queue<Integer> bounded = new Queue<>(1);
          bounded.putNow(1);
          assertThat(bounded).hasToString("Queue (1 of 1 items)");
          Task<Void> putter = createTask(() -> bounded.put(2));
          turn();
          assertThat(bounded.statistics()).isEqualTo(new Queue.Statistics(1, 1, 1, 1, 0, false));
          bounded.getNow();
          putter.await();
          bounded.shutdown();
          assertThat(bounded).hasToString("Queue (1 of 1 items, shut down)");
        });
  }

  @Test
  @Ported("test_queues.QueueBasicTests.test_empty")
  void isEmpty_followsPutAndGet() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          assertThat(queue.isEmpty()).isTrue();
          queue.put(1);
          assertThat(queue.isEmpty()).isFalse();
          assertThat(queue.get()).isEqualTo(1);
          assertThat(queue.isEmpty()).isTrue();
        });
  }

  @Test
  @Ported("test_queues.QueueBasicTests.test_full")
  void isFull_onlyIfBounded() {
    loop.run(
        () -> {
          assertThat(new Queue<Integer>().isFull()).isFalse();
          assertThat(with(new Queue<>(1), 1).isFull()).isTrue();
        });
  }

  @Test
  @Ported({
    "test_queues.QueueBasicTests.test_order",
    "test_queues.LifoQueueTests.test_order",
    "test_queues.PriorityQueueTests.test_order"
  })
  void order_ofEachKind() {
    loop.run(
        () -> {
          assertThat(take(with(Kind.FIFO.create(0), 1, 3, 2), 3)).containsExactly(1, 3, 2);
          assertThat(take(with(Kind.LIFO.create(0), 1, 3, 2), 3)).containsExactly(2, 3, 1);
          assertThat(take(with(Kind.PRIORITY.create(0), 1, 3, 2), 3)).containsExactly(1, 2, 3);
        });
  }

  @Test
  @Ported("test_queues.QueueBasicTests.test_maxsize")
  void put_intoAFullQueue_waitsForRoom() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(2);
          assertThat(queue.maxSize()).isEqualTo(2);
          Task<Void> putter =
              createTask(
                  () -> {
                    for (int i = 0; i < 3; i++) {
                      queue.put(i);
                      results.add(i);
                    }
                  });
          turn();
          turn();
          assertThat(results).containsExactly(0, 1);
          assertThat(queue.get()).isZero();
          turn();
          assertThat(results).containsExactly(0, 1, 2);
          assertThat(take(queue, 2)).containsExactly(1, 2);
          assertThat(putter.isDone()).isTrue();
        });
  }

  // ---- get

  @Test
  @Ported({
    "test_queues.QueueGetTests.test_blocking_get",
    "test_queues.QueueGetTests.test_nonblocking_get",
    "test_queues.QueuePutTests.test_blocking_put",
    "test_queues.QueuePutTests.test_nonblocking_put"
  })
  void get_ofWhatIsThere_returnsIt() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          queue.putNow(1);
          assertThat(queue.get()).isEqualTo(1);
          queue.put(2);
          assertThat(queue.getNow()).isEqualTo(2);
        });
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_get_with_putters")
  void get_withAWaitingPutter_wakesIt() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          queue.put(1);
          Task<Void> putter = createTask(() -> queue.put(2));
          turn();
          assertThat(queue.get()).isEqualTo(1);
          turn();
          assertThat(putter.isDone()).isTrue();
        });
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_blocking_get_wait")
  void get_ofAnEmptyQueue_waitsForAnItem() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          Event started = new Event();
          Task<Integer> getter =
              createTask(
                  () -> {
                    started.set();
                    int item = queue.get();
                    results.add("finished");
                    return item;
                  });
          started.await();
          assertThat(results).isEmpty();
          EventLoop.current().callLater(ofMillis(10), () -> queue.putNow(1));
          assertThat(getter.await()).isEqualTo(1);
          assertThat(results).containsExactly("finished");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_nonblocking_get_exception")
  void getNow_ofAnEmptyQueue_throws() {
    assertThatThrownBy(new Queue<Integer>()::getNow).isInstanceOf(QueueEmptyException.class);
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_get_cancelled_race")
  void get_firstWaiterCancelled_theSecondGetsTheItem() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<String> t1 = createTask(queue::get);
          Task<String> t2 = createTask(queue::get);
          turn();
          t1.cancel();
          turn();
          assertThat(t1.isDone()).isTrue();
          queue.put("a");
          turn();
          assertThat(t2.await()).isEqualTo("a");
        });
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_get_with_waiting_putters")
  void get_withTwoWaitingPutters_getsBothItems() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          Task<Void> a = createTask(() -> queue.put("a"));
          Task<Void> b = createTask(() -> queue.put("b"));
          assertThat(queue.get()).isEqualTo("a");
          assertThat(queue.get()).isEqualTo("b");
          assertThat(a.isDone() && b.isDone()).isTrue();
        });
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_why_are_getters_waiting")
  void producerAndConsumer_overOnePlace_finish() throws Exception {
    Queue<Integer> queue = new Queue<>(1);
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  group.createTask(
                      () -> {
                        for (int i = 0; i < 5; i++) {
                          queue.put(i);
                        }
                      });
                  group.createTask(
                      () -> {
                        results.addAll(take(queue, 5));
                      });
                }));
    assertThat(results).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  @Ported("test_queues.QueueGetTests.test_cancelled_getters_not_being_held_in_self_getters")
  void get_timedOut_leavesNoWaiter() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(5);
          assertThatThrownBy(() -> waitFor(queue::get, ofMillis(100)))
              .isInstanceOf(TimeoutException.class);
          assertThat(queue.statistics().tasksWaitingGet()).isZero();
        });
  }

  // ---- put

  @Test
  @Ported("test_queues.QueuePutTests.test_blocking_put_wait")
  void put_intoAFullQueue_goesOnWhenAnItemIsTaken() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          Event started = new Event();
          EventLoop.current().callLater(ofMillis(10), queue::getNow);
          Task<Void> putter =
              createTask(
                  () -> {
                    started.set();
                    queue.put(1);
                    queue.put(2);
                    results.add("finished");
                  });
          started.await();
          assertThat(results).isEmpty();
          putter.await();
          assertThat(results).containsExactly("finished");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_get_cancel_drop_one_pending_reader")
  void get_wokenReaderCancelled_dropsNoItem() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          Task<Integer> reader = createTask(queue::get);
          turn();
          queue.putNow(1);
          queue.putNow(2);
          reader.cancel();
          assertThatThrownBy(reader::await).isInstanceOf(CancellationException.class);
          assertThat(createTask(queue::get).await()).isEqualTo(1);
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_get_cancel_drop_many_pending_readers")
  void get_oneOfThreeWokenReadersCancelled_theOthersGetTheItems() throws Exception {
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  Queue<Integer> queue = new Queue<>();
                  Task<Integer> reader1 = group.createTask(() -> queue.get());
                  Task<Integer> reader2 = group.createTask(() -> queue.get());
                  Task<Integer> reader3 = group.createTask(() -> queue.get());
                  turn();
                  queue.putNow(1);
                  queue.putNow(2);
                  reader1.cancel();
                  assertThatThrownBy(reader1::await).isInstanceOf(CancellationException.class);
                  assertThat(List.of(reader2.await(), reader3.await())).containsExactly(1, 2);
                }));
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_put_cancel_drop")
  void put_wokenWriterCancelled_putsNothing() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          queue.putNow(1);
          Task<Void> writer = createTask(() -> queue.put(2));
          turn();
          assertThat(queue.getNow()).isEqualTo(1);
          writer.cancel();
          assertThatThrownBy(writer::await).isInstanceOf(CancellationException.class);
          createTask(() -> queue.put(2)).await();
          assertThat(queue.getNow()).isEqualTo(2);
          assertThat(queue.size()).isZero();
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_nonblocking_put_exception")
  void putNow_intoAFullQueue_throws() {
    Queue<Integer> queue = new Queue<>(1);
    queue.putNow(1);
    assertThatThrownBy(() -> queue.putNow(2)).isInstanceOf(QueueFullException.class);
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_put_cancelled")
  void put_withRoom_isDoneWhenTheGetterHasTheItem() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>();
          Task<Boolean> putter =
              createTask(
                  () -> {
                    queue.put(1);
                    return true;
                  });
          assertThat(queue.get()).isEqualTo(1);
          assertThat(putter.resultNow()).isTrue();
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_put_cancelled_race")
  void put_lastWaiterCancelled_theFirstPuts() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>(1);
          Task<Void> a = createTask(() -> queue.put("a"));
          Task<Void> b = createTask(() -> queue.put("b"));
          Task<Void> c = createTask(() -> queue.put("X"));
          turn();
          assertThat(a.isDone()).isTrue();
          assertThat(b.isDone()).isFalse();
          c.cancel();
          turn();
          assertThat(c.isDone()).isTrue();
          assertThat(queue.getNow()).isEqualTo("a");
          turn();
          assertThat(queue.getNow()).isEqualTo("b");
          b.await();
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_put_with_waiting_getters")
  void put_withAWaitingGetter_wakesIt() {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          Task<String> getter = createTask(queue::get);
          turn();
          queue.put("a");
          assertThat(getter.await()).isEqualTo("a");
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_why_are_putters_waiting")
  void put_severalTaken_severalPuttersGoOn() throws Exception {
    Queue<Integer> queue = new Queue<>(2);
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  group.createTask(
                      () -> {
                        turn();
                        for (int n = queue.size(); n > 0; n--) {
                          results.add(queue.getNow());
                        }
                      });
                  for (int i = 0; i < 4; i++) {
                    int item = i;
                    group.createTask(() -> queue.put(item));
                  }
                }));
    assertThat(results).containsExactly(0, 1);
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_cancelled_puts_not_being_held_in_self_putters")
  void put_cancelled_leavesNoWaiter() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          queue.putNow(1);
          Task<Void> putter = createTask(() -> queue.put(1));
          turn();
          assertThat(queue.statistics().tasksWaitingPut()).isEqualTo(1);
          putter.cancel();
          assertThatThrownBy(putter::await).isInstanceOf(CancellationException.class);
          assertThat(queue.statistics().tasksWaitingPut()).isZero();
        });
  }

  @Test
  @Ported("test_queues.QueuePutTests.test_cancelled_put_silence_value_error_exception")
  void put_cancelledWhenItWasWoken_throwsTheCancellationOnly() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          queue.putNow(1);
          Task<Void> putter = createTask(() -> queue.put(1));
          turn();
          queue.getNow();
          putter.cancel();
          assertThatThrownBy(putter::await).isInstanceOf(CancellationException.class);
        });
  }

  // ---- join

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueJoinTestMixin.test_task_done_underflow")
  void taskDone_onceTooOften_throws(Kind kind) {
    assertThatThrownBy(kind.create(0)::taskDone).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueJoinTestMixin.test_task_done")
  void join_waitsUntilAllIsDone(Kind kind) throws Exception {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(0);
          for (int i = 0; i < 100; i++) {
            queue.putNow(i);
          }
          int[] sum = {0};
          boolean[] running = {true};
          TaskGroup.run(
              group -> {
                for (int i = 0; i < 2; i++) {
                  group.createTask(
                      () -> {
                        while (running[0]) {
                          sum[0] += queue.get();
                          queue.taskDone();
                        }
                      });
                }
                queue.join();
                assertThat(sum[0]).isEqualTo(99 * 100 / 2);
                running[0] = false;
                queue.putNow(0);
                queue.putNow(0);
              });
        });
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueJoinTestMixin.test_join_empty_queue")
  void join_ofAnEmptyQueue_returns(Kind kind) {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(0);
          queue.join();
          queue.join();
        });
  }

  // ---- shutdown

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueShutdownTestMixin.test_shutdown_empty")
  void shutdown_ofAnEmptyQueue_endsTheGetters(Kind kind) {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(0);
          Task<Integer> getter = createTask(queue::get);
          turn();
          queue.shutdown();
          assertThat(queue.size()).isZero();
          queue.join();
          turn();
          assertThat(getter.isDone()).isTrue();
          assertShutDown(getter::await);
          assertShutDown(queue);
        });
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueShutdownTestMixin.test_shutdown_nonempty")
  void shutdown_ofAFullQueue_endsThePuttersAndLeavesTheItems(Kind kind) {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(1);
          queue.putNow(1);
          Task<Void> joiner = createTask(queue::join);
          Task<Void> putter = createTask(() -> queue.put(2));
          turn();
          assertThat(putter.isDone()).isFalse();
          queue.shutdown();
          assertThat(queue.size()).isEqualTo(1);
          turn();
          assertThat(putter.isDone()).isTrue();
          assertShutDown(putter::await);
          assertThat(queue.get()).isEqualTo(1);
          turn();
          assertThat(joiner.isDone()).isFalse();
          assertShutDown(queue);
          queue.taskDone();
          turn();
          assertThat(joiner.isDone()).isTrue();
          joiner.await();
          assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        });
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueShutdownTestMixin.test_shutdown_immediate")
  void shutdownNow_dropsTheItemsAndEndsTheJoiners(Kind kind) {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(0);
          queue.putNow(1);
          Task<Void> joiner = createTask(queue::join);
          queue.shutdownNow();
          assertThat(queue.size()).isZero();
          turn();
          assertThat(joiner.isDone()).isTrue();
          joiner.await();
          assertShutDown(queue);
          assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        });
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Ported("test_queues._QueueShutdownTestMixin.test_shutdown_immediate_with_unfinished")
  void shutdownNow_withAnItemInWork_keepsTheJoinersUntilItIsDone(Kind kind) {
    loop.run(
        () -> {
          Queue<Integer> queue = kind.create(0);
          queue.putNow(1);
          queue.putNow(1);
          Task<Void> joiner = createTask(queue::join);
          assertThat(queue.get()).isEqualTo(1);
          queue.shutdownNow();
          assertThat(queue.size()).isZero();
          turn();
          assertThat(joiner.isDone()).isFalse();
          assertShutDown(queue);
          queue.taskDone();
          assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
          turn();
          assertThat(joiner.isDone()).isTrue();
          joiner.await();
        });
  }
}
