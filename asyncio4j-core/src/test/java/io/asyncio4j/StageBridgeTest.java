package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.fromCompletionStage;
import static io.asyncio4j.Asyncio.fromFuture;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Between the futures of a loop and those of java.util.concurrent. */
class StageBridgeTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void fromCompletionStage_completedByOtherThread_resumesTheTask() throws Exception {
    loop.run(
        () -> {
          CompletableFuture<String> stage = new CompletableFuture<>();
          Task<String> waiting = createTask(() -> fromCompletionStage(stage).await());
          sleep(Duration.ZERO);
          toThread(() -> stage.complete("there"));
          assertThat(waiting.await()).isEqualTo("there");
        });
  }

  @Test
  void fromCompletionStage_alreadyDone_isDoneAtOnce() throws Exception {
    loop.run(
        () -> {
          assertThat(fromCompletionStage(CompletableFuture.completedFuture(1)).result())
              .isEqualTo(1);
          IOException failure = new IOException("x");
          assertThat(fromCompletionStage(CompletableFuture.failedFuture(failure)).exception())
              .isSameAs(failure);
          CompletableFuture<Integer> cancelled = new CompletableFuture<>();
          cancelled.cancel(true);
          assertThat(fromCompletionStage(cancelled).isCancelled()).isTrue();
        });
  }

  @Test
  void fromCompletionStage_failureOfADependentStage_isTheObjectThatWasThrown() throws Exception {
    IOException failure = new IOException("x");
    loop.run(
        () -> {
          CompletableFuture<String> source = new CompletableFuture<>();
          CompletionStage<Integer> dependent = source.thenApply(String::length);
          Task<Integer> waiting = createTask(() -> fromCompletionStage(dependent).await());
          sleep(Duration.ZERO);
          source.completeExceptionally(failure);
          assertThatThrownBy(waiting::await).isSameAs(failure);
          CompletableFuture<String> wrapped = new CompletableFuture<>();
          wrapped.completeExceptionally(new CompletionException(new ExecutionException(failure)));
          assertThatThrownBy(() -> fromCompletionStage(wrapped).await()).isSameAs(failure);
          CompletionException bare = new CompletionException("no cause", null);
          assertThatThrownBy(
                  () -> fromCompletionStage(CompletableFuture.failedFuture(bare)).await())
              .isSameAs(bare);
        });
  }

  @Test
  void fromCompletionStage_awaitingTaskCancelled_cancelsTheStage() throws Exception {
    loop.run(
        () -> {
          CompletableFuture<String> stage = new CompletableFuture<>();
          Task<String> waiting = createTask(() -> fromCompletionStage(stage).await());
          sleep(Duration.ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          sleep(Duration.ZERO);
          assertThat(stage.isCancelled()).isTrue();
        });
  }

  @Test
  void fromCompletionStage_stageCancelled_cancelsTheFutureAndNotTheTask() throws Exception {
    loop.run(
        () -> {
          CompletableFuture<String> stage = new CompletableFuture<>();
          Future<String> future = fromCompletionStage(stage);
          stage.cancel(true);
          assertThatThrownBy(future::await).isInstanceOf(CancellationException.class);
          assertThat(future.isCancelled()).isTrue();
        });
  }

  @Test
  void fromCompletionStage_minimalStage_isAwaitedToo() throws Exception {
    loop.run(
        () -> {
          CompletableFuture<String> source = new CompletableFuture<>();
          Future<String> future = fromCompletionStage(source.minimalCompletionStage());
          source.complete("x");
          assertThat(future.await()).isEqualTo("x");
        });
  }

  @Test
  void fromFuture_ofAnExecutor_resumesTheTaskAndPassesTheFailureBare() throws Exception {
    IOException failure = new IOException("x");
    Callable<Integer> failing =
        () -> {
          throw failure;
        };
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      loop.run(
          () -> {
            CountDownLatch release = new CountDownLatch(1);
            java.util.concurrent.Future<Integer> slow =
                executor.submit(
                    () -> {
                      release.await();
                      return 4;
                    });
            Task<Integer> waiting = createTask(() -> fromFuture(slow).await());
            sleep(Duration.ZERO);
            assertThat(waiting.isDone()).isFalse();
            release.countDown();
            assertThat(waiting.await()).isEqualTo(4);
            assertThatThrownBy(() -> fromFuture(executor.submit(failing)).await())
                .isSameAs(failure);
          });
    }
  }

  @Test
  void fromFuture_cancelled_interruptsTheWork() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      loop.run(
          () -> {
            java.util.concurrent.Future<?> stuck =
                executor.submit(
                    () -> {
                      began.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        interrupted.countDown();
                      }
                    });
            Task<?> waiting = createTask(() -> fromFuture(stuck).await());
            toThread(() -> began.await());
            waiting.cancel();
            assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
            toThread(() -> interrupted.await());
          });
    }
  }

  @Test
  void fromFuture_taskOfAnotherLoop_isAwaitedAcrossLoops() throws Exception {
    EventLoop other = EventLoop.create(LoopOptions.defaults().withName("other"));
    Thread thread = Thread.ofPlatform().start(other::runForever);
    loop.run(
        () -> {
          Task<String> far =
              fromCompletionStage(
                      other.submit(() -> createTask(() -> sleep(Duration.ofMillis(1), "far"))))
                  .await();
          assertThat(far.loop()).isSameAs(other);
          assertThat(fromFuture(far).await()).isEqualTo("far");
          Task<String> near = createTask(() -> "near");
          assertThat(fromFuture(near)).isSameAs(near);
          assertThat(near.await()).isEqualTo("near");
        });
    other.close();
    thread.join();
  }

  @Test
  void toCompletableFuture_outcomes_arePassedOnAsTheyAre() throws Exception {
    IOException failure = new IOException("x");
    loop.run(
        () -> {
          Task<Integer> good = createTask(() -> sleep(Duration.ofSeconds(1), 1));
          Task<Integer> bad =
              createTask(
                  () -> {
                    throw failure;
                  });
          Future<Integer> cancelled = EventLoop.current().createFuture();
          CompletableFuture<Integer> goodOutside = good.toCompletableFuture();
          CompletableFuture<Integer> badOutside = bad.toCompletableFuture();
          CompletableFuture<Integer> cancelledOutside = cancelled.toCompletableFuture();
          cancelled.cancel();
          assertThat(goodOutside.isDone()).isFalse();
          sleep(Duration.ofSeconds(2));
          assertThat(goodOutside.resultNow()).isEqualTo(1);
          assertThat(badOutside.exceptionNow()).isSameAs(failure);
          assertThat(cancelledOutside.isCancelled()).isTrue();
          assertThat(good.toCompletableFuture().resultNow()).isEqualTo(1);
        });
  }

  @Test
  void toCompletableFuture_cancelledFromOutside_cancelsTheTask() throws Exception {
    loop.run(
        () -> {
          Task<Integer> task = createTask(() -> sleep(Duration.ofDays(1), 1));
          CompletableFuture<Integer> outside = toThread(() -> task.toCompletableFuture());
          sleep(Duration.ZERO);
          toThread(() -> outside.cancel(true));
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void toCompletableFuture_loopClosesFirst_failsInsteadOfHanging() throws Exception {
    EventLoop own = EventLoop.create(loop.options());
    Future<Integer> future = own.createFuture();
    CompletableFuture<Integer> outside = future.toCompletableFuture();
    own.close();
    assertThatThrownBy(outside::get)
        .hasRootCauseMessage("loop test closed before the future was done");
    assertThatThrownBy(future.toCompletableFuture()::get)
        .hasRootCauseMessage("loop test closed before the future was done");
  }
}
