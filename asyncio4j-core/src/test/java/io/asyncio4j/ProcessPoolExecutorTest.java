package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.fromCompletionStage;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.map;
import static java.util.concurrent.TimeUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.ProcessSamplesTest.Primes;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future.State;
import java.util.concurrent.RejectedExecutionException;
import java.util.spi.ToolProvider;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real worker processes, and what becomes of them. */
@Timeout(180)
class ProcessPoolExecutorTest {
  private static final ProcessPoolOptions ONE_WORKER =
      ProcessPoolOptions.defaults().withMaxWorkers(1);
  private static final int KILLED = 128 + 9;

  @RegisterExtension
  final TestLoop loop = new TestLoop().realTimeLimit(Duration.ofMinutes(2)); // JVMs are started

  // ---- tasks

  record Sum(int a, int b) implements Callable<Integer>, Serializable {
    @Override
    public Integer call() {
      return a + b;
    }
  }

  /** The number of the process that runs it. */
  record Pid() implements Callable<Long>, Serializable {
    @Override
    public Long call() {
      return ProcessHandle.current().pid();
    }
  }

  /** Tells what the worker has counted so far. */
  record Count() implements Callable<Integer>, Serializable {
    private static int count;

    @Override
    public Integer call() {
      return ++count;
    }
  }

  record Exit(int status) implements Callable<@Nullable Void>, Serializable {
    @Override
    public @Nullable Void call() {
      System.exit(status);
      return null;
    }
  }

  /**
   * Connects to the test, says in which process it runs and which other it has started, and goes on
   * when the test closes the connection.
   */
  record Meeting(int port, boolean withChild) implements Callable<String>, Serializable {
    @Override
    public String call() throws IOException {
      long child = withChild ? new ProcessBuilder("sleep", "1000").start().pid() : 0;
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        String pids = ProcessHandle.current().pid() + " " + child + "\n";
        socket.getOutputStream().write(pids.getBytes(StandardCharsets.US_ASCII));
        return "met " + socket.getInputStream().read();
      }
    }
  }

  /** An exception with something in it that cannot be sent. */
  static final class Unsendable extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "unused"}) // that it cannot be serialized is what it is for
    private final Thread thread = Thread.currentThread();

    Unsendable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static int fails(String message) throws IOException {
    throw new IOException(message);
  }

  /** Where tasks of the kind Meeting meet the test. */
  private static final class MeetingPlace implements AutoCloseable {
    private final Queue<String> arrived = new Queue<>();
    private final Event leave = new Event();
    private final Server server;

    MeetingPlace() throws IOException {
      server =
          Streams.serve(
              (reader, writer) -> {
                arrived.put(reader.lines().iterator().next());
                leave.await();
              },
              "localhost",
              0);
    }

    int port() {
      return server.port();
    }

    /** Waits until a task runs; returns the processes that it named. */
    List<ProcessHandle> meet() {
      List<ProcessHandle> found = new ArrayList<>();
      for (String pid : arrived.get().split(" ", -1)) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(found::add);
      }
      return found;
    }

    /** Lets all tasks go on. */
    void leave() {
      leave.set();
    }

    @Override
    public void close() {
      leave.set();
      server.close();
      server.waitClosed();
    }
  }

  private static void awaitEnd(ProcessHandle process) {
    fromCompletionStage(process.onExit()).await();
  }

  // ---- what tasks return and throw

  @Test
  void call_record_returnsACopyOfItsResult() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThat(pool.call(new Sum(2, 3))).isEqualTo(5);
            assertThat(pool.call(new Pid())).isNotEqualTo(ProcessHandle.current().pid());
          }
        });
  }

  /** The snippet of the Javadoc of {@link ProcessPoolExecutor}. */
  @Test
  void javadoc_record() {
    loop.run(
        () -> {
          record CountPrimes(int from, int to) implements Callable<Integer>, Serializable {
            @Override
            public Integer call() {
              return Primes.between(from, to);
            }
          }
          try (var pool = ProcessPoolExecutor.create()) {
            int primes = pool.call(new CountPrimes(2, 50_000));
            assertThat(primes).isEqualTo(5133);
          }
        });
  }

  @Test
  void call_lambda_isSentWithWhatItCaptures() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            List<String> words = new ArrayList<>(List.of("a", "b"));
            assertThat(pool.call(() -> String.join("+", words))).isEqualTo("a+b");
            assertThat(pool.call(() -> words.add("c"))).isTrue();
            assertThat(words).hasSize(2); // the worker had a copy
            assertThat(pool.<@Nullable Object, RuntimeException>call(() -> null)).isNull();
          }
        });
  }

  @Test
  void call_checkedException_comesAsThrownWithItsStack() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            try {
              pool.call(() -> fails("no such file"));
              throw new AssertionError("it returned");
            } catch (IOException e) {
              assertThat(e).hasMessage("no such file");
              assertThat(e.getStackTrace()[0].getMethodName()).isEqualTo("fails");
              assertThat(e.getStackTrace())
                  .anyMatch(frame -> frame.getClassName().endsWith("WorkerMain"));
            }
          }
        });
  }

  @Test
  void call_unserializableException_comesAsOneThatTellsOfIt() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThatThrownBy(
                    () ->
                        pool.call(
                            () -> {
                              throw new Unsendable("lost", new IllegalStateException("deeper"));
                            }))
                .isInstanceOfSatisfying(
                    RemoteTaskException.class,
                    e -> assertThat(e.className()).isEqualTo(Unsendable.class.getName()))
                .hasMessage(Unsendable.class.getName() + ": lost")
                .hasStackTraceContaining("ProcessPoolExecutorTest")
                .cause()
                .isInstanceOf(RemoteTaskException.class)
                .hasMessage("java.lang.IllegalStateException: deeper");
          }
        });
  }

  @Test
  void call_unserializableResult_saysWhatCannotBeSentBack() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThatThrownBy(() -> pool.call(() -> Optional.of(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be sent back: java.util.Optional is not Serializable")
                .hasMessageContaining("return plain values");
            assertThat(pool.call(new Sum(1, 1))).isEqualTo(2);
          }
        });
  }

  @Test
  void call_lambdaThatCapturesThis_saysSo() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThatThrownBy(() -> pool.call(() -> loop.options()))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage(
                    "the task (a lambda in "
                        + getClass().getName()
                        + ") cannot be sent to another process: it captures "
                        + getClass().getName()
                        + ", which is not Serializable; capture plain values only, and no this:"
                        + " call static methods")
                .hasCauseInstanceOf(NotSerializableException.class);
            assertThat(pool.statistics().workersStarted()).isZero();
          }
        });
  }

  @Test
  void call_lambdaThatIsACallable_saysWhatToDo() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            Callable<Integer> lambda = () -> 5;
            assertThatThrownBy(() -> pool.call(lambda))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("a lambda in " + getClass().getName())
                .hasMessageContaining(
                    "write record Work(...) implements Callable<R>, Serializable, or give the"
                        + " lambda itself to ProcessPoolExecutor.call(...)");
          }
        });
  }

  record Holds(Thread thread) implements Callable<String>, Serializable {
    @Override
    public String call() {
      return thread.getName();
    }
  }

  @Test
  void call_recordThatHoldsSomethingUnserializable_namesIt() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThatThrownBy(() -> pool.call(new Holds(Thread.currentThread())))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("it holds java.lang.VirtualThread")
                .hasMessageContaining("give it the plain values that it needs");
          }
        });
  }

  @Test
  void call_classThatTheWorkerDoesNotHave_saysWhichItHas(@TempDir Path folder) throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("Elsewhere.java"),
            """
            import java.util.concurrent.Callable;
            public record Elsewhere() implements Callable<Integer>, java.io.Serializable {
              public Integer call() { return 1; }
            }
            """);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, "-d", folder.toString(), source.toString());
    assertThat(status).isZero();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Callable<?> task = (Callable<?>) loader.loadClass("Elsewhere").getConstructor().newInstance();
      loop.run(
          () -> {
            try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
              assertThatThrownBy(() -> pool.call(task))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("a worker process has no class Elsewhere")
                  .hasMessageContaining("class path");
            }
          });
    }
  }

  // ---- workers

  @Test
  void thousandSmallTasks_overTwoWorkers_comeBackInOrder() {
    loop.run(
        () -> {
          var two = ProcessPoolOptions.defaults().withMaxWorkers(2);
          try (var pool = ProcessPoolExecutor.create(two)) {
            List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
            assertThat(map(numbers, i -> pool.call(new Sum(i, 1))).await())
                .isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
            assertThat(pool.statistics())
                .isEqualTo(
                    new ProcessPoolExecutor.Statistics(
                        2, pool.statistics().pids(), 0, 0, 1000, 2, 0));
            assertThat(pool.statistics().pids()).hasSize(2);
          }
        });
  }

  @Test
  void tasks_beginInTheOrderInWhichTheyWereHandedIn() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            List<Count> calls = IntStream.range(0, 10).mapToObj(_ -> new Count()).toList();
            assertThat(map(calls, pool::call).await())
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
          }
        });
  }

  @Test
  void oneCallAfterTheOther_oneWorkerIsEnough() {
    loop.run(
        () -> {
          var four = ProcessPoolOptions.defaults().withMaxWorkers(4);
          try (var pool = ProcessPoolExecutor.create(four)) {
            Set<Long> pids = new HashSet<>();
            for (int i = 0; i < 20; i++) {
              pids.add(pool.call(new Pid()));
            }
            assertThat(pids).hasSize(1);
          }
        });
  }

  @Test
  void maxTasksPerWorker_aFreshOneTakesOver() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER.withMaxTasksPerWorker(2))) {
            List<Integer> counts = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
              counts.add(pool.call(new Count()));
            }
            assertThat(counts).containsExactly(1, 2, 1, 2, 1);
            assertThat(pool.statistics().workersStarted()).isEqualTo(3);
            assertThat(pool.statistics().workersDied()).isZero();
          }
        });
  }

  @Test
  void jvmFlags_areTheWorkers() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER.withJvmFlags("-Dcolor=dark red"))) {
            assertThat(pool.call(() -> System.getProperty("color"))).isEqualTo("dark red");
          }
        });
  }

  @Test
  void worker_ignoresCtrlC() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            // It is the default no more, which would end the process.
            assertThat(pool.call(() -> SignalHandlers.addIfDefault("INT", () -> {}) == null))
                .isTrue();
          }
        });
  }

  // ---- workers that die

  @Test
  void workerExits_onlyItsTaskFails() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER).named("sums")) {
            long first = pool.call(new Pid());
            var results =
                Asyncio.gatherResults(
                        List.<Callable<Object>>of(
                            () -> pool.call(new Sum(1, 2)),
                            () -> pool.<@Nullable Object, Exception>call(new Exit(7)),
                            () -> pool.call(new Sum(3, 4))))
                    .await();
            assertThat(results.successes()).containsExactly(3, 7);
            assertThat(results.exceptions())
                .singleElement()
                .isInstanceOfSatisfying(
                    BrokenWorkerException.class,
                    e -> {
                      assertThat(e.exitStatus()).hasValue(7);
                      assertThat(e.pid()).hasValue(first);
                      assertThat(e)
                          .hasMessage(
                              "worker process "
                                  + first
                                  + " of ProcessPoolExecutor 'sums' ended with exit status 7, while"
                                  + " it ran the task ("
                                  + Exit.class.getName()
                                  + "); the pool goes on with another worker");
                    });
            assertThat(pool.statistics().workersStarted()).isEqualTo(2);
            assertThat(pool.statistics().workersDied()).isEqualTo(1);
          }
        });
  }

  @Test
  void workerKilledWhileItRuns_onlyItsTaskFails() throws IOException {
    loop.run(
        () -> {
          var two = ProcessPoolOptions.defaults().withMaxWorkers(2);
          try (var place = new MeetingPlace();
              var pool = ProcessPoolExecutor.create(two)) {
            Task<String> killed = createTask(() -> pool.call(new Meeting(place.port(), false)));
            ProcessHandle victim = place.meet().getFirst();
            Task<String> other = createTask(() -> pool.call(new Meeting(place.port(), false)));
            place.meet();
            victim.destroyForcibly();
            assertThatThrownBy(killed::await)
                .isInstanceOfSatisfying(
                    BrokenWorkerException.class, e -> assertThat(e.exitStatus()).hasValue(KILLED))
                .hasMessageContaining("exit status 137 (signal 9, if a signal ended it)");
            place.leave();
            assertThat(other.await()).isEqualTo("met -1");
          }
        });
  }

  @Test
  void idleWorkerKilled_theNextTaskIsRunByAnother() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            long first = pool.call(new Pid());
            ProcessHandle worker = ProcessHandle.of(first).orElseThrow();
            worker.destroyForcibly(); // the pool may or may not know when it hands in the next
            assertThat(pool.call(new Pid())).isNotEqualTo(first);
            assertThat(pool.statistics().workersDied()).isEqualTo(1);
          }
        });
  }

  @Test
  void workerCannotStart_saysWithWhichCommand() {
    loop.run(
        () -> {
          var wrong = ONE_WORKER.withJvmFlags("-XX:NoSuchFlag");
          try (var pool = ProcessPoolExecutor.create(wrong)) {
            assertThatThrownBy(() -> pool.call(new Pid()))
                .isInstanceOfSatisfying(
                    BrokenWorkerException.class, e -> assertThat(e.exitStatus()).isEmpty())
                .hasMessageContaining("could not be started")
                .hasMessageContaining("with exit status 1;")
                .hasMessageContaining("-XX:NoSuchFlag");
            assertThat(pool.statistics().workersStarted()).isZero();
            assertThat(pool.statistics().workersDied()).isZero();
          }
        });
  }

  // ---- cancellation

  @Test
  void cancelWhileItRuns_killsTheWorkerAndItsChildren_andAnotherTakesItsPlace() throws IOException {
    loop.run(
        () -> {
          try (var place = new MeetingPlace();
              var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            Task<String> running = createTask(() -> pool.call(new Meeting(place.port(), true)));
            List<ProcessHandle> processes = place.meet();
            assertThat(processes).hasSize(2).allMatch(ProcessHandle::isAlive);
            assertThat(running.toString())
                .contains(
                    "awaiting " + Meeting.class.getName() + " in ProcessPoolExecutor (1 of 1");
            running.cancel();
            assertThatThrownBy(running::await).isInstanceOf(CancellationException.class);
            processes.forEach(ProcessPoolExecutorTest::awaitEnd);
            assertThat(pool.call(new Pid())).isNotEqualTo(processes.getFirst().pid());
            assertThat(pool.statistics().workersDied()).isZero();
          }
        });
  }

  @Test
  void cancelWhileItWaits_itNeverBegins() throws IOException {
    loop.run(
        () -> {
          try (var place = new MeetingPlace();
              var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            Task<String> running = createTask(() -> pool.call(new Meeting(place.port(), false)));
            place.meet();
            Task<Integer> waiting = createTask(() -> pool.call(new Count()));
            Asyncio.sleep(Duration.ZERO);
            assertThat(pool.statistics().tasksWaiting()).isEqualTo(1);
            waiting.cancel();
            assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
            assertThat(pool.statistics().tasksWaiting()).isZero();
            place.leave();
            assertThat(running.await()).isEqualTo("met -1");
            assertThat(pool.call(new Count())).isEqualTo(1);
          }
        });
  }

  @Test
  void cancelAsAnotherTaskTakesOver_killsNobodyElse() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            pool.call(new Pid()); // the worker is there
            for (int i = 0; i < 50; i++) {
              Task<Integer> cancelled = createTask(() -> pool.call(new Sum(1, 1)));
              Task<Integer> innocent = createTask(() -> pool.call(new Sum(2, 2)));
              Asyncio.sleep(Duration.ZERO);
              cancelled.cancel();
              assertThat(innocent.await()).isEqualTo(4);
              assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
            }
            assertThat(pool.statistics().workersDied()).isZero();
          }
        });
  }

  // ---- the end

  @Test
  void close_waitsForTheTasksThatWait() {
    loop.run(
        () -> {
          List<java.util.concurrent.Future<Integer>> futures = new ArrayList<>();
          ProcessPoolExecutor pool = ProcessPoolExecutor.create(ONE_WORKER);
          try (pool) {
            for (int i = 0; i < 5; i++) {
              futures.add(pool.submit(new Sum(i, i)));
            }
          }
          assertThat(futures)
              .extracting(java.util.concurrent.Future::resultNow)
              .containsExactly(0, 2, 4, 6, 8);
          assertThat(pool.isTerminated()).isTrue();
          assertThat(pool.statistics().pids()).isEmpty();
          assertThatThrownBy(() -> pool.call(new Sum(1, 1)))
              .isInstanceOf(RejectedExecutionException.class)
              .hasMessageContaining("was shut down");
          pool.close(); // no effect
        });
  }

  @Test
  void shutdownNow_killsAndCancels() throws IOException {
    loop.run(
        () -> {
          ProcessPoolExecutor pool = ProcessPoolExecutor.create(ONE_WORKER);
          try (var place = new MeetingPlace();
              pool) {
            Task<String> running = createTask(() -> pool.call(new Meeting(place.port(), false)));
            ProcessHandle worker = place.meet().getFirst();
            Task<Integer> waiting = createTask(() -> pool.call(new Sum(1, 1)));
            Asyncio.sleep(Duration.ZERO);
            assertThat(pool.shutdownNow()).hasSize(1);
            assertThatThrownBy(running::await).isInstanceOf(CancellationException.class);
            assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
            pool.close();
            assertThat(worker.isAlive()).isFalse();
          }
        });
  }

  @Test
  void closeCancelled_killsTheWorkers() throws IOException {
    loop.run(
        () -> {
          try (var place = new MeetingPlace()) {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(ONE_WORKER);
            Task<String> running = createTask(() -> pool.call(new Meeting(place.port(), false)));
            ProcessHandle worker = place.meet().getFirst();
            Task<?> closing = createTask(pool::close);
            Asyncio.sleep(Duration.ZERO);
            assertThat(closing.isDone()).isFalse();
            closing.cancel();
            assertThatThrownBy(closing::await).isInstanceOf(CancellationException.class);
            assertThat(worker.isAlive()).isFalse();
            assertThat(pool.isTerminated()).isTrue();
            assertThatThrownBy(running::await).isInstanceOf(CancellationException.class);
          }
        });
  }

  // ---- as an ExecutorService

  @Test
  void runInExecutor_thisPool_runsItInAWorker() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            Future<Long> pid = EventLoop.current().runInExecutor(pool, new Pid());
            assertThat(pid.await()).isNotEqualTo(ProcessHandle.current().pid());
          }
        });
  }

  @Test
  void setDefaultExecutor_thisPool_isRefused() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            assertThatThrownBy(() -> EventLoop.current().setDefaultExecutor(pool))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be a default executor");
          }
        });
  }

  @Test
  void otherThread_usesItAsAnExecutorService() throws Exception {
    try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
      assertThat(pool.submit(new Sum(2, 2)).get()).isEqualTo(4);
      assertThat(pool.invokeAll(List.of(new Sum(1, 1), new Sum(2, 1))))
          .extracting(java.util.concurrent.Future::resultNow)
          .containsExactly(2, 3);
      assertThat(pool.invokeAny(List.of(new Sum(1, 1)))).isEqualTo(2);
      assertThat(pool.submit((Runnable & Serializable) () -> {}, "done").get()).isEqualTo("done");
      assertThatThrownBy(() -> pool.submit(new Exit(9)).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(BrokenWorkerException.class);
      assertThatThrownBy(() -> pool.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("is not Serializable");
      assertThat(pool.awaitTermination(0, DAYS)).isFalse();
      assertThatThrownBy(() -> pool.call(new Sum(1, 1))).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void submittedTask_cancelledWithoutInterrupt_isFinishedByItsWorker() throws Exception {
    loop.run(
        () -> {
          try (var place = new MeetingPlace();
              var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
            var running = pool.submit(new Meeting(place.port(), false));
            ProcessHandle worker = place.meet().getFirst();
            assertThat(running.cancel(false)).isTrue();
            assertThat(running.state()).isEqualTo(State.CANCELLED);
            place.leave();
            assertThat(pool.call(new Pid())).isEqualTo(worker.pid());
          }
        });
  }

  @Test
  void severalLoops_shareOnePool() {
    try (var pool = ProcessPoolExecutor.create(ONE_WORKER);
        var group = LoopGroup.create(2)) {
      var both =
          List.of(
              group.submitTo(0, () -> pool.call(new Sum(1, 1))),
              group.submitTo(1, () -> pool.call(new Sum(2, 2))));
      assertThat(both)
          .extracting(java.util.concurrent.CompletableFuture::join)
          .containsExactly(2, 4);
    }
  }

  @Test
  void options_thatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> ONE_WORKER.withMaxWorkers(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxWorkers is 0; it must be at least 1");
    assertThatThrownBy(() -> ONE_WORKER.withMaxTasksPerWorker(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxTasksPerWorker is 0; it must be at least 1");
  }

  @Test
  void gather_ofCalls_runsThemAtOnce() throws IOException {
    loop.run(
        () -> {
          var two = ProcessPoolOptions.defaults().withMaxWorkers(2);
          try (var place = new MeetingPlace();
              var pool = ProcessPoolExecutor.create(two)) {
            var both =
                gather(
                    () -> pool.call(new Meeting(place.port(), false)),
                    () -> pool.call(new Meeting(place.port(), false)));
            assertThat(place.meet()).isNotEqualTo(place.meet()); // neither has left
            place.leave();
            assertThat(both.await()).containsExactly("met -1", "met -1");
          }
        });
  }
}
