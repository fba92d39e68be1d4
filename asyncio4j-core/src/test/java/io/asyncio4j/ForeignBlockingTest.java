package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Blocking calls of other libraries suspend their own task only, and are cancelled by an interrupt.
 */
@Tag("foreign-blocking")
class ForeignBlockingTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void socketRead_suspendsItsTaskOnly() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      loop.run(
          () -> {
            Task<String> serving =
                createTask(
                    () -> {
                      try (Socket peer = server.accept()) {
                        loop.mark("accepted");
                        int got = peer.getInputStream().read();
                        peer.getOutputStream().write(got + 1);
                        return "served";
                      }
                    });
            Task<Integer> asking =
                createTask(
                    () -> {
                      try (Socket socket =
                          new Socket(server.getInetAddress(), server.getLocalPort())) {
                        socket.getOutputStream().write(41);
                        return socket.getInputStream().read();
                      }
                    });
            assertThat(asking.await()).isEqualTo(42);
            assertThat(serving.await()).isEqualTo("served");
          });
    }
  }

  @Test
  void blockingQueueTake_handedOverByAnotherTask_suspendsItsTaskOnly() throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
          Task<Integer> taking = createTask(() -> queue.take() + queue.take());
          sleep(Duration.ZERO);
          loop.mark("free");
          queue.put(1);
          queue.put(2);
          assertThat(taking.await()).isEqualTo(3);
        });
    assertThat(loop.trail()).containsExactly("free");
  }

  @Test
  void synchronizedAndWait_contendedByTasksOfOneLoop_suspendTheirTasksOnly() throws Exception {
    Object monitor = new Object();
    loop.run(
        () -> {
          Event inside = new Event();
          Event leave = new Event();
          Task<?> holder =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      inside.set();
                      leave.await();
                      loop.mark("leaving");
                    }
                  });
          inside.await();
          Task<?> contender =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      loop.mark("entered");
                      monitor.notifyAll();
                    }
                  });
          sleep(Duration.ZERO);
          loop.mark("free");
          leave.set();
          gather(holder, contender).await();
          boolean[] said = {false};
          Task<?> waiting =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      while (!said[0]) {
                        monitor.wait();
                      }
                    }
                  });
          sleep(Duration.ZERO);
          synchronized (monitor) {
            said[0] = true;
            monitor.notifyAll();
          }
          waiting.await();
        });
    assertThat(loop.trail()).containsExactly("free", "leaving", "entered");
  }

  @Test
  void threadSleep_tenTasks_sleepAtOnce() throws Exception {
    loop.run(
        () -> {
          AtomicInteger begun = new AtomicInteger();
          Callable<Integer> sleeper =
              () -> {
                begun.incrementAndGet();
                Thread.sleep(1); // the blocking call that is tested
                return begun.get();
              };
          assertThat(gather(Collections.nCopies(10, sleeper)).await()).containsOnly(10);
        });
  }

  @Test
  void cancel_inBlockingQueueTake_isCancelledNotFailed() throws Exception {
    loop.run(
        () -> {
          Task<Integer> taking = createTask(() -> new LinkedBlockingQueue<Integer>().take());
          sleep(Duration.ZERO);
          taking.cancel();
          assertThatThrownBy(() -> taking.await())
              .isInstanceOf(CancellationException.class)
              .hasCauseInstanceOf(InterruptedException.class);
          assertThat(taking.isCancelled()).isTrue();
        });
  }

  @Test
  void cancel_inObjectWaitAndLock_isCancelled() throws Exception {
    ReentrantLock held = new ReentrantLock();
    Object monitor = new Object();
    Thread holder = Thread.ofPlatform().start(() -> holdForever(held));
    awaitTrue(held::isLocked);
    loop.run(
        () -> {
          Task<?> locking = createTask(held::lockInterruptibly);
          Task<?> waiting =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      while (held.isLocked()) {
                        monitor.wait();
                      }
                    }
                  });
          sleep(Duration.ZERO);
          locking.cancel();
          waiting.cancel();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(locking, waiting));
          assertThat(locking.isCancelled()).isTrue();
          assertThat(waiting.isCancelled()).isTrue();
        });
    holder.interrupt();
    holder.join();
  }

  private static void holdForever(ReentrantLock lock) {
    lock.lock();
    try {
      new LinkedBlockingQueue<String>().take();
    } catch (InterruptedException e) {
      // the test is over
    } finally {
      lock.unlock();
    }
  }

  private static void awaitTrue(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void cancel_inSocketRead_isCancelledAndCleanUpMayAwait() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      assertThat(peer.isConnected()).isTrue();
      loop.run(
          () -> {
            Task<Integer> reading =
                createTask(
                    () -> {
                      try {
                        return socket.getInputStream().read();
                      } finally {
                        sleep(Duration.ofSeconds(1));
                        loop.mark("cleaned up");
                      }
                    });
            sleep(Duration.ZERO);
            reading.cancel();
            assertThatThrownBy(() -> reading.await())
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(SocketException.class);
          });
    }
    assertThat(loop.trail()).containsExactly("cleaned up");
  }

  @Test
  void cancel_inChannelRead_isCancelled() throws Exception {
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel channel = SocketChannel.open(server.getLocalAddress());
        SocketChannel peer = server.accept()) {
      assertThat(peer.isOpen()).isTrue();
      loop.run(
          () -> {
            Task<Integer> reading = createTask(() -> channel.read(ByteBuffer.allocate(1)));
            sleep(Duration.ZERO);
            reading.cancel();
            assertThatThrownBy(() -> reading.await())
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(ClosedByInterruptException.class);
          });
    }
  }

  @Test
  void cancel_blockedOnMonitor_isDeliveredAtTheNextSuspension() throws Exception {
    Object monitor = new Object();
    loop.run(
        () -> {
          Event inside = new Event();
          Event leave = new Event();
          Task<?> holder =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      inside.set();
                      leave.await();
                    }
                  });
          inside.await();
          Task<?> contender =
              createTask(
                  () -> {
                    synchronized (monitor) {
                      loop.mark("entered");
                    }
                    sleep(Duration.ofDays(1));
                    loop.mark("not reached");
                  });
          sleep(Duration.ZERO);
          contender.cancel();
          leave.set();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(holder, contender));
          assertThat(contender.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("entered");
  }

  @Test
  void cancel_taskReadyAfterForeignCall_isNotInterruptedAndKeepsItsItem() throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
          Task<String> taking =
              createTask(
                  () -> {
                    String item = queue.take();
                    loop.mark(item + " interrupted=" + Thread.currentThread().isInterrupted());
                    sleep(Duration.ofDays(1));
                    return item;
                  });
          sleep(Duration.ZERO);
          queue.put("item");
          taking.cancel();
          assertThatThrownBy(() -> taking.await()).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("item interrupted=false");
  }

  @Test
  void timeout_aroundForeignCall_isTimeoutExceptionAndLeavesNoFlag() throws Exception {
    Asyncio.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          Duration.ofMillis(10), () -> new LinkedBlockingQueue<String>().take()))
              .isInstanceOf(TimeoutException.class);
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          LinkedBlockingQueue<String> next = new LinkedBlockingQueue<>();
          next.put("usable");
          assertThat(next.take()).isEqualTo("usable");
        });
  }

  @Test
  void timeout_aroundSocketRead_isTimeoutExceptionAndTheFlagIsCleared() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      assertThat(peer.isConnected()).isTrue();
      Asyncio.run(
          () -> {
            InputStream in = socket.getInputStream();
            assertThatThrownBy(() -> timeout(Duration.ofMillis(10), () -> in.read()))
                .isInstanceOf(TimeoutException.class)
                .hasCauseInstanceOf(SocketException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          });
    }
  }

  @Test
  void taskGroup_memberFailsWhileBodyIsInForeignCall_endsWithTheFailure() throws Exception {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.createTask(
                                  () -> {
                                    throw new IOException("member");
                                  });
                              new LinkedBlockingQueue<String>().take();
                            }))
                .isInstanceOf(TaskGroupException.class)
                .hasCauseInstanceOf(IOException.class));
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
        });
  }

  @Test
  void interruptFlag_setByTheTaskItself_isCancelAtItsNextSuspension() throws Exception {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    Thread.currentThread().interrupt();
                    sleep(Duration.ofDays(1));
                  });
          assertThatThrownBy(() -> task.await()).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void restoredInterruptFlag_afterOurCancel_isNoSecondCancel() throws Exception {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    try {
                      return new LinkedBlockingQueue<String>().take();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                      sleep(Duration.ofSeconds(1));
                      return "tidied up";
                    }
                  });
          sleep(Duration.ZERO);
          task.cancel();
          assertThat(task.await()).isEqualTo("tidied up");
        });
  }

  @Test
  void cancelScope_aroundAForeignCall_isLeftWithoutAFlag() throws Exception {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          EventLoop.current().callSoon(scope::cancel);
          scope.run(() -> new LinkedBlockingQueue<Integer>().take());
          assertThat(scope.cancelledCaught()).isTrue();
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          sleep(Duration.ofSeconds(1));
        });
  }

  @Test
  void interruptFromOutside_afterOurCancelWasCaught_isACancelOfItsOwn() throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<Integer> never = new LinkedBlockingQueue<>();
          Thread[] thread = new Thread[1];
          Task<?> task =
              createTask(
                  () -> {
                    thread[0] = Thread.currentThread();
                    assertThatThrownBy(never::take).isInstanceOf(InterruptedException.class);
                    sleep(Duration.ofSeconds(1)); // ours: nothing is left of the first interrupt
                    sleep(Duration.ofSeconds(100));
                  });
          sleep(Duration.ZERO);
          task.cancel();
          sleep(Duration.ofSeconds(2));
          assertThat(task.isDone()).isFalse();
          thread[0].interrupt();
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessageContaining("was interrupted");
        });
  }

  @Test
  void interruptOfItself_afterOurCancelWasCaughtAndAForeignCall_isACancelOfItsOwn()
      throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<Integer> never = new LinkedBlockingQueue<>();
          Task<?> task =
              createTask(
                  () -> {
                    assertThatThrownBy(never::take).isInstanceOf(InterruptedException.class);
                    Thread.sleep(1); // a foreign suspension with the flag cleared
                    Thread.currentThread().interrupt();
                    sleep(Duration.ofSeconds(100));
                  });
          sleep(Duration.ZERO);
          task.cancel();
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessageContaining("was interrupted");
        });
  }

  @Test
  void shielded_cancelledInAForeignCall_isNotInterrupted() throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<Integer> items = new LinkedBlockingQueue<>();
          Task<Integer> task =
              createTask(
                  () -> {
                    int item = Asyncio.shielded(() -> items.take());
                    loop.mark("took " + item);
                    sleep(Duration.ofSeconds(1));
                    return item;
                  });
          sleep(Duration.ZERO);
          task.cancel();
          sleep(Duration.ZERO);
          items.put(7);
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("took 7");
  }

  @Test
  void interruptedException_withoutCancel_isFailure() throws Exception {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    throw new InterruptedException("of its own");
                  });
          assertThatThrownBy(() -> task.await()).isInstanceOf(InterruptedException.class);
          assertThat(task.isCancelled()).isFalse();
        });
  }

  @Test
  void stackTraceOfReadyTask_takenFromOutside_doesNotRunItTwice() throws Exception {
    loop.run(
        () -> {
          LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
          Thread[] thread = new Thread[1];
          Task<Integer> task =
              createTask(
                  () -> {
                    thread[0] = Thread.currentThread();
                    int sum = 0;
                    for (int i = 0; i < 100; i++) {
                      sum += queue.take();
                    }
                    return sum;
                  });
          sleep(Duration.ZERO);
          for (int i = 0; i < 100; i++) {
            queue.put(1);
            thread[0].getStackTrace();
            sleep(Duration.ZERO);
          }
          assertThat(task.await()).isEqualTo(100);
        });
  }
}
