package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the portable mode does otherwise than full mode: a blocking call of another library holds
 * the loop.
 */
@EnabledIfSystemProperty(
    named = "asyncio4j.test.mode",
    matches = "portable",
    disabledReason = "the mode is one for the whole JVM")
class PortableModeTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** Runs an action on another thread as soon as a thread waits for something. */
  private static Thread onceBlocked(AtomicReference<@Nullable Thread> blocking, Runnable action) {
    return Thread.ofPlatform()
        .start(
            () -> {
              Thread seen = blocking.get();
              while (seen == null || !isBlocked(seen)) {
                Thread.onSpinWait();
                seen = blocking.get();
              }
              action.run();
            });
  }

  private static boolean isBlocked(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      case NEW, RUNNABLE, TERMINATED -> false;
    };
  }

  @Test
  void run_ofAPlatformThread_isOnAVirtualThread() throws Exception {
    Thread caller = Thread.currentThread();
    loop.run(
        () -> {
          EventLoop.current()
              .callSoon(
                  () -> {
                    assertThat(Thread.currentThread().isVirtual()).isTrue();
                    assertThat(Thread.currentThread()).isNotSameAs(caller);
                    assertThat(Task.current()).isNull();
                    loop.mark("callback");
                  });
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("callback");
  }

  @Test
  void blockingQueueTake_holdsTheLoop() throws Exception {
    LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    AtomicReference<@Nullable Thread> taker = new AtomicReference<>();
    Thread putter = onceBlocked(taker, () -> queue.add("item"));
    loop.run(
        () -> {
          Task<?> taking =
              createTask(
                  () -> {
                    taker.set(Thread.currentThread());
                    loop.mark(queue.take());
                  });
          Task<?> other = createTask(() -> loop.mark("other"));
          taking.await();
          other.await();
        });
    putter.join();
    assertThat(loop.trail()).containsExactly("item", "other");
  }

  @Test
  void contendedLockAndMonitor_holdTheLoop() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Object monitor = new Object();
    AtomicReference<@Nullable Thread> locker = new AtomicReference<>();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    Thread holder =
        Thread.ofPlatform()
            .start(
                () -> {
                  lock.lock();
                  try {
                    synchronized (monitor) {
                      held.countDown();
                      awaitUninterruptibly(blocked);
                    }
                  } finally {
                    lock.unlock();
                  }
                });
    held.await();
    Thread watcher = onceBlocked(locker, blocked::countDown);
    loop.run(
        () -> {
          Task<?> locking =
              createTask(
                  () -> {
                    locker.set(Thread.currentThread());
                    synchronized (monitor) {
                      loop.mark("monitor");
                    }
                    lock.lock();
                    try {
                      loop.mark("lock");
                    } finally {
                      lock.unlock();
                    }
                  });
          Task<?> other = createTask(() -> loop.mark("other"));
          locking.await();
          other.await();
        });
    holder.join();
    watcher.join();
    assertThat(loop.trail()).containsExactly("monitor", "lock", "other");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  @Test
  void socketRead_holdsTheLoop() throws Exception {
    AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      Thread writer =
          onceBlocked(
              reader,
              () -> {
                try {
                  peer.getOutputStream().write(7);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      loop.run(
          () -> {
            Task<?> reading =
                createTask(
                    () -> {
                      reader.set(Thread.currentThread());
                      loop.mark("read " + socket.getInputStream().read());
                    });
            Task<?> other = createTask(() -> loop.mark("other"));
            reading.await();
            other.await();
          });
      writer.join();
    }
    assertThat(loop.trail()).containsExactly("read 7", "other");
  }

  @Test
  void cancelFromOutside_ofTheTaskThatHoldsTheLoop_interruptsItOnce() throws Exception {
    AtomicReference<@Nullable Thread> taker = new AtomicReference<>();
    AtomicReference<@Nullable Task<String>> task = new AtomicReference<>();
    Thread canceller =
        onceBlocked(taker, () -> Objects.requireNonNull(task.get()).cancel("from outside"));
    loop.run(
        () -> {
          Task<String> taking =
              createTask(
                  () -> {
                    taker.set(Thread.currentThread());
                    return new LinkedBlockingQueue<String>().take();
                  });
          task.set(taking);
          assertThatThrownBy(() -> taking.await())
              .isInstanceOf(CancellationException.class)
              .hasMessage("from outside")
              .hasCauseInstanceOf(InterruptedException.class);
          assertThat(taking.cancelling()).isEqualTo(1);
        });
    canceller.join();
  }

  @Test
  void cancelFromOutside_caughtAsInterrupt_isDeliveredOnceAndCounted() throws Exception {
    AtomicReference<@Nullable Thread> taker = new AtomicReference<>();
    AtomicReference<@Nullable Task<String>> task = new AtomicReference<>();
    Thread canceller = onceBlocked(taker, () -> Objects.requireNonNull(task.get()).cancel());
    loop.run(
        () -> {
          Task<String> taking =
              createTask(
                  () -> {
                    taker.set(Thread.currentThread());
                    try {
                      return new LinkedBlockingQueue<String>().take();
                    } catch (InterruptedException e) {
                      sleep(Duration.ofSeconds(1));
                      sleep(Duration.ofSeconds(1));
                      return "tidied up, cancelling=" + currentTask().cancelling();
                    }
                  });
          task.set(taking);
          assertThat(taking.await()).isEqualTo("tidied up, cancelling=1");
        });
    canceller.join();
  }

  @Test
  void cancelFromOutside_inSocketRead_cleanUpMayAwait() throws Exception {
    AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
    AtomicReference<@Nullable Task<Integer>> task = new AtomicReference<>();
    Thread canceller = onceBlocked(reader, () -> Objects.requireNonNull(task.get()).cancel());
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      assertThat(peer.isConnected()).isTrue();
      loop.run(
          () -> {
            Task<Integer> reading =
                createTask(
                    () -> {
                      reader.set(Thread.currentThread());
                      try {
                        return Timeout.after(Duration.ofDays(1))
                            .<Integer, java.io.IOException>run(
                                () -> socket.getInputStream().read());
                      } finally {
                        sleep(Duration.ofSeconds(1));
                        loop.mark("cleaned up");
                      }
                    });
            task.set(reading);
            assertThatThrownBy(() -> reading.await())
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(SocketException.class);
            assertThat(reading.cancelling()).isEqualTo(1);
          });
    }
    canceller.join();
    assertThat(loop.trail()).containsExactly("cleaned up");
  }

  @Test
  void cancelFromOutside_ofTaskThatComputes_isDeliveredAtItsNextSuspensionWithoutAFlag()
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    AtomicReference<@Nullable Task<?>> task = new AtomicReference<>();
    Thread canceller =
        Thread.ofPlatform()
            .start(
                () -> {
                  awaitUninterruptibly(begun);
                  Objects.requireNonNull(task.get()).cancel();
                  cancelled.countDown();
                });
    loop.run(
        () -> {
          Task<?> computing =
              createTask(
                  () -> {
                    begun.countDown();
                    while (cancelled.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                    try {
                      sleep(Duration.ofDays(1));
                    } finally {
                      loop.mark("flag " + Thread.currentThread().isInterrupted());
                    }
                  });
          task.set(computing);
          assertThatThrownBy(() -> computing.await()).isInstanceOf(CancellationException.class);
          assertThat(computing.cancelling()).isEqualTo(1);
        });
    canceller.join();
    assertThat(loop.trail()).containsExactly("flag false");
  }

  @Test
  void interruptOfTheCaller_mainHoldsTheLoop_endsTheRun() throws Exception {
    AtomicReference<@Nullable Thread> main = new AtomicReference<>();
    Thread caller = Thread.currentThread();
    Thread interrupter = onceBlocked(main, caller::interrupt);
    assertThatThrownBy(
            () ->
                Asyncio.run(
                    () -> {
                      main.set(Thread.currentThread());
                      new LinkedBlockingQueue<String>().take();
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
  }

  @Test
  void interruptOfTheCaller_anotherTaskHoldsTheLoop_cancelsBoth() throws Exception {
    AtomicReference<@Nullable Thread> holder = new AtomicReference<>();
    Thread caller = Thread.currentThread();
    Thread interrupter = onceBlocked(holder, caller::interrupt);
    AtomicReference<@Nullable Task<?>> holding = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                Asyncio.run(
                    () -> {
                      holding.set(
                          createTask(
                              () -> {
                                holder.set(Thread.currentThread());
                                new LinkedBlockingQueue<String>().take();
                              }));
                      sleep(Duration.ofDays(1));
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Objects.requireNonNull(holding.get()).isCancelled()).isTrue();
    interrupter.join();
  }

  @Test
  void interruptFromOutside_ofTaskThatAwaits_isCancel() throws Exception {
    loop.run(
        () -> {
          Thread[] thread = new Thread[1];
          Task<String> task =
              createTask(
                  () -> {
                    thread[0] = Thread.currentThread();
                    return EventLoop.current().<String>createFuture().await();
                  });
          sleep(Duration.ZERO);
          thread[0].interrupt();
          assertThatThrownBy(() -> task.await())
              .isInstanceOf(CancellationException.class)
              .hasMessageContaining("was interrupted");
          assertThat(task.cancelling()).isEqualTo(1);
        });
  }

  @Test
  void interruptOfTheLoopsThread_whileATaskRuns_cancelsTheMainTask() throws Exception {
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      Thread[] loopThread = new Thread[1];
                      EventLoop.current().callSoon(() -> loopThread[0] = Thread.currentThread());
                      sleep(Duration.ZERO);
                      loopThread[0].interrupt();
                      loop.mark("goes on until it suspends");
                      sleep(Duration.ofSeconds(1));
                      loop.mark("not reached");
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(loop.trail()).containsExactly("goes on until it suspends");
  }

  @Test
  void threadStartedInATask_isNoTaskAndRunsBesideTheLoop() throws Exception {
    loop.run(
        () -> {
          AtomicReference<@Nullable Task<?>> seen = new AtomicReference<>(currentTask());
          Thread stranger = Thread.ofVirtual().start(() -> seen.set(Task.current()));
          stranger.join(); // the task has the baton
          assertThat(seen.get()).isNull();
          Thread confused =
              Thread.ofVirtual()
                  .start(
                      () ->
                          assertThatThrownBy(() -> sleep(Duration.ZERO))
                              .isInstanceOf(IllegalStateException.class));
          confused.join();
        });
  }

  @Test
  void deepRecursion_awaitsAtTheBottom() throws Exception {
    assertThat(loop.run(() -> depth(2_000))).isEqualTo(2_000);
  }

  private static int depth(int levels) throws Exception {
    if (levels == 0) {
      sleep(Duration.ofSeconds(1));
      return 0;
    }
    return 1 + depth(levels - 1);
  }

  @Test
  void tasksInTwoLoops_runAtTheSameTime() throws Exception {
    LinkedBlockingQueue<String> toSecond = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<String> toFirst = new LinkedBlockingQueue<>();
    FutureTask<@Nullable Void> other =
        new FutureTask<>(
            () -> {
              Asyncio.run(() -> toFirst.put(toSecond.take() + " pong"));
              return null;
            });
    Thread second = Thread.ofPlatform().start(other);
    String answer =
        loop.run(
            () -> {
              toSecond.add("ping");
              return toFirst.take();
            });
    second.join();
    other.get();
    assertThat(answer).isEqualTo("ping pong");
  }
}
