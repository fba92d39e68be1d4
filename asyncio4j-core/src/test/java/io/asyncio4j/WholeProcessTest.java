package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What concerns the process as a whole, each in a JVM of its own. */
@Tag("foreign-blocking")
class WholeProcessTest {
  private static ForkedJvm.Outcome run(Class<?> main, String... moreFlags) throws Exception {
    List<String> flags = new ArrayList<>(List.of(moreFlags));
    flags.add(ForkedJvm.FULL_MODE);
    return ForkedJvm.run(flags, main);
  }

  @Test
  void closedLoop_taskStillInForeignCall_goesOnElsewhereAndHarmsNobody() throws Exception {
    ForkedJvm.Outcome outcome = run(AfterClose.class);
    assertThat(outcome.output())
        .contains("Task was destroyed but it is pending: Task 'late'")
        .contains("late: got item, its calls fail: loop main is closed")
        .contains("monitors work: 200")
        .contains("sockets work: 42");
    assertThat(outcome.exitCode()).isZero();
  }

  /**
   * Leaves a task behind in a blocking call, then uses what a broken scheduler would have killed.
   */
  static final class AfterClose {
    public static void main(String[] args) throws Exception {
      LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
      CountDownLatch ended = new CountDownLatch(1);
      EventLoop loop = EventLoop.create();
      loop.createTask(
          "late",
          () -> {
            String item = queue.take();
            try {
              sleep(Duration.ofSeconds(1));
            } catch (IllegalStateException e) {
              System.out.println("late: got " + item + ", its calls fail: " + e.getMessage());
            }
            ended.countDown();
          });
      loop.runUntilComplete(
          () -> {
            socketsWork(); // starts the JDK's pollers inside a task
            return null;
          });
      loop.close();
      queue.put("item");
      ended.await();
      System.out.println("monitors work: " + monitorsWork());
      System.out.println("sockets work: " + socketsWork());
    }

    private static int monitorsWork() throws InterruptedException {
      AtomicInteger entered = new AtomicInteger();
      Object monitor = new Object();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int k = 0; k < 10; k++) {
                        synchronized (monitor) {
                          entered.incrementAndGet();
                          java.util.concurrent.locks.LockSupport.parkNanos(
                              1_000); // so that the others contend
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      return entered.get();
    }

    private static int socketsWork() throws IOException, InterruptedException {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        int[] answer = new int[1];
        Thread client =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (Socket socket =
                          new Socket(server.getInetAddress(), server.getLocalPort())) {
                        answer[0] = socket.getInputStream().read();
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    });
        try (Socket peer = server.accept()) {
          peer.getOutputStream().write(42);
        }
        client.join();
        return answer[0];
      }
    }
  }

  @Test
  void toThread_cpuWorkOnAllThreads_doesNotHoldUpSocketReads() throws Exception {
    ForkedJvm.Outcome outcome = run(BusyThreads.class, "-XX:ActiveProcessorCount=1");
    assertThat(outcome.output()).contains("read 7 while 5 calls were busy");
    assertThat(outcome.exitCode()).isZero();
  }

  /** The busy calls end only when the socket was read, so starving the reads would hang. */
  static final class BusyThreads {
    public static void main(String[] args) throws Exception {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        Asyncio.run(
            () -> {
              AtomicBoolean done = new AtomicBoolean();
              AtomicInteger busy = new AtomicInteger();
              List<Task<?>> calls = new ArrayList<>();
              for (int i = 0; i < 5; i++) {
                calls.add(
                    createTask(
                        () ->
                            toThread(
                                () -> {
                                  busy.incrementAndGet();
                                  while (!done.get()) {
                                    Thread.onSpinWait();
                                  }
                                })));
              }
              while (busy.get() < 5) {
                sleep(Duration.ofMillis(1));
              }
              Task<Integer> reading =
                  createTask(
                      () -> {
                        try (Socket socket =
                            new Socket(server.getInetAddress(), server.getLocalPort())) {
                          return socket.getInputStream().read();
                        }
                      });
              try (Socket peer = server.accept()) {
                sleep(Duration.ofMillis(5));
                peer.getOutputStream().write(7);
              }
              int got = reading.await();
              System.out.println("read " + got + " while " + busy.get() + " calls were busy");
              done.set(true);
              Asyncio.gather(calls).await();
            });
      }
    }
  }

  @Test
  void failureNobodyRetrieved_isLoggedBeforeTheProcessEnds() throws Exception {
    ForkedJvm.Outcome outcome = run(LostFailure.class);
    assertThat(outcome.output())
        .contains("Task exception was never retrieved: Task 'lost' (FAILED), created at")
        .contains("java.io.IOException: nobody looked");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class LostFailure {
    public static void main(String[] args) {
      Asyncio.run(
          () -> {
            createTask(
                "lost",
                () -> {
                  throw new IOException("nobody looked");
                });
            sleep(Duration.ZERO);
          });
    }
  }
}
