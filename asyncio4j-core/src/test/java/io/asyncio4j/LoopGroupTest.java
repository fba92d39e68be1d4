package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.fromCompletionStage;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several loops, and what each of them has for itself. */
class LoopGroupTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static final Callable<String> LOOP_NAME = () -> EventLoop.current().name();

  @Test
  void submit_idleLoops_takeTurns() throws Exception {
    try (LoopGroup group = LoopGroup.create(3)) {
      Set<String> names = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        names.add(group.submit(LOOP_NAME).get());
      }
      assertThat(names).containsExactlyInAnyOrder("group-0", "group-1", "group-2");
    }
  }

  @Test
  void submit_busyLoop_isPassedOver() throws Exception {
    try (LoopGroup group = LoopGroup.create(2)) {
      CountDownLatch release = new CountDownLatch(1);
      CompletableFuture<Boolean> busy =
          group.submitTo(
              0,
              () -> {
                release.await();
                return true;
              });
      for (int i = 0; i < 10; i++) {
        assertThat(group.submit(LOOP_NAME).get()).isEqualTo("group-1");
        while (group.loops().get(1).pendingTasks() > 0) {
          Thread.onSpinWait(); // the future is done a little before the task
        }
      }
      release.countDown();
      assertThat(busy.get()).isTrue();
    }
  }

  @Test
  void pendingTasks_countsWhatWasHandedInAndWhatItStarted() throws Exception {
    try (EventLoop own = EventLoop.create(loop.options())) {
      CompletableFuture<Integer> handedIn =
          own.submit(
              () -> {
                Task<?> child = createTask(() -> sleep(Duration.ofSeconds(1)));
                int during = own.pendingTasks();
                child.await();
                return during;
              });
      assertThat(own.pendingTasks()).isEqualTo(1);
      own.shutdown();
      own.runForever();
      assertThat(handedIn.get()).isEqualTo(2);
      assertThat(own.pendingTasks()).isZero();
    }
  }

  @Test
  void submitTo_anyNumber_isTakenModuloTheLoops() throws Exception {
    try (LoopGroup group = LoopGroup.create(2, LoopOptions.defaults().withName("shard"))) {
      assertThat(group.submitTo(5, LOOP_NAME).get()).isEqualTo("shard-1");
      assertThat(group.submitTo(-2, LOOP_NAME).get()).isEqualTo("shard-0");
      assertThat(group.submitTo(1, () -> Thread.currentThread().isVirtual()).get()).isTrue();
    }
  }

  @Test
  void submit_fromATaskOfAnotherLoop_isAwaitedBySuspending() throws Exception {
    try (LoopGroup group = LoopGroup.create(2)) {
      loop.run(
          () -> {
            List<Future<Integer>> far = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
              int number = i;
              far.add(fromCompletionStage(group.submit(() -> number * number)));
            }
            int sum = 0;
            for (Future<Integer> each : far) {
              sum += each.await();
            }
            assertThat(sum).isEqualTo(2470);
          });
    }
  }

  @Test
  void close_pendingTasks_areCancelledAndTheirCleanUpIsWaitedFor() throws Exception {
    AtomicInteger cleanedUp = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(4);
    LoopGroup group = LoopGroup.create(2);
    List<CompletableFuture<?>> work = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      work.add(
          group.submitTo(
              i,
              () -> {
                try {
                  begun.countDown();
                  sleep(Duration.ofDays(1));
                } finally {
                  sleep(Duration.ofMillis(1));
                  cleanedUp.incrementAndGet();
                }
                return true;
              }));
    }
    begun.await();
    group.close();
    group.close();
    assertThat(cleanedUp.get()).isEqualTo(4);
    assertThat(work).allMatch(CompletableFuture::isCancelled);
    assertThat(group.loops()).allMatch(EventLoop::isClosed);
    assertThatThrownBy(() -> group.submit(LOOP_NAME))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void close_byOneOfItsOwnTasks_isRefusedAndByAnotherLoopsTaskSuspends() throws Exception {
    LoopGroup group = LoopGroup.create(2);
    assertThatThrownBy(
            () ->
                group
                    .submit(
                        () -> {
                          group.close();
                          return true;
                        })
                    .get())
        .isInstanceOf(ExecutionException.class)
        .rootCause()
        .hasMessageContaining("cannot be closed by that loop");
    loop.run(
        () -> {
          CompletableFuture<Boolean> begun = new CompletableFuture<>();
          CompletableFuture<Boolean> othersWentOn = new CompletableFuture<>();
          group.submit(
              () -> {
                try {
                  begun.complete(true);
                  sleep(Duration.ofDays(1));
                } finally {
                  fromCompletionStage(othersWentOn).await();
                }
              });
          assertThat(fromCompletionStage(begun).await()).isTrue();
          Task<?> other = createTask(() -> othersWentOn.complete(true));
          group.close();
          assertThat(other.isDone()).isTrue();
        });
    assertThat(group.loops()).allMatch(EventLoop::isClosed);
  }

  @Test
  void create_noLoops_isRefused() {
    assertThatThrownBy(() -> LoopGroup.create(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a group has at least 1 loop, not 0");
  }

  /** Stands for a client: it belongs to one loop, and suspends while it closes. */
  private static final class Client implements AutoCloseable {
    final EventLoop home = EventLoop.current();
    final List<String> log;

    Client(List<String> log) {
      this.log = log;
    }

    @Override
    public void close() {
      sleep(Duration.ofMillis(1));
      log.add("closed on " + EventLoop.current().name() + " " + (EventLoop.current() == home));
    }
  }

  @Test
  void loopLocal_eachLoop_hasItsOwnWhichIsClosedWithIt() throws Exception {
    List<String> log = java.util.Collections.synchronizedList(new ArrayList<>());
    LoopLocal<Client> clients = LoopLocal.of(() -> new Client(log));
    try (LoopGroup group = LoopGroup.create(2)) {
      Client first = group.submitTo(0, clients::get).get();
      assertThat(group.submitTo(0, clients::get).get()).isSameAs(first);
      assertThat(group.submitTo(1, clients::get).get()).isNotSameAs(first);
      assertThat(log).isEmpty();
    }
    assertThat(log).containsExactlyInAnyOrder("closed on group-0 true", "closed on group-1 true");
    assertThatThrownBy(clients::get)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no running event loop");
  }

  @Test
  void loopLocal_inARun_isClosedAfterTheTasksThatWereLeft() throws Exception {
    loop.allowLeftOverTasks();
    LoopLocal<AutoCloseable> one = LoopLocal.of(() -> () -> loop.mark("closed one"));
    LoopLocal<AutoCloseable> two =
        LoopLocal.of(
            () ->
                () -> {
                  throw new IllegalStateException("cannot close");
                });
    loop.run(
        () -> {
          one.get();
          two.get();
          createTask(
              () -> {
                try {
                  sleep(Duration.ofDays(1));
                } finally {
                  loop.mark("task ended");
                }
              });
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("task ended", "closed one");
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(report -> assertThat(report.exception()).hasMessage("cannot close"));
  }

  @Test
  void loopLocal_loopClosedByHand_isReportedAsNotClosed() throws Exception {
    LoopLocal<AutoCloseable> local = LoopLocal.of(() -> () -> loop.mark("closed"));
    try (EventLoop own = EventLoop.create(loop.options())) {
      own.exceptionHandler(loop::record);
      own.callSoon(local::get);
      own.stop();
      own.runForever();
    }
    assertThat(loop.trail()).isEmpty();
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(report -> assertThat(report.message()).contains("was not closed"));
  }

  @Test
  void lock_heldOnAnotherLoop_isRefusedToTheOneThatAsks() throws Exception {
    Lock lock = new Lock();
    try (LoopGroup group = LoopGroup.create(2)) {
      CountDownLatch held = new CountDownLatch(1);
      CompletableFuture<Integer> holder =
          group.submitTo(
              0,
              () -> {
                try (var _ = lock.hold()) {
                  held.countDown();
                  return sleep(Duration.ofHours(1), 1);
                }
              });
      held.await();
      CompletableFuture<Integer> asking =
          group.submitTo(
              1,
              () -> {
                lock.acquire();
                return 2;
              });
      assertThatThrownBy(asking::get)
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("use one lock for each loop");
      holder.cancel(true);
    }
    assertThat(lock.isLocked()).isFalse();
  }
}
