package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The order of steps, which is asyncio's for all that suspends in this library. */
class LoopOrderTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void wakeUps_oneFutureWithTasksAndCallback_runInOrderOfRegistration() {
    loop.run(
        () -> {
          Future<Integer> future = EventLoop.current().createFuture();
          Task<?> a =
              createTask(
                  () -> {
                    future.await();
                    loop.mark("A");
                  });
          sleep(Duration.ZERO);
          future.addDoneCallback(_ -> loop.mark("cbB"));
          Task<?> c =
              createTask(
                  () -> {
                    future.await();
                    loop.mark("C");
                  });
          sleep(Duration.ZERO);
          future.setResult(1);
          gather(a, c).await();
        });
    assertThat(loop.trail()).containsExactly("A", "cbB", "C");
  }

  @Test
  void callbacks_scheduledDuringTurn_runInNextTurn() {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          current.callSoon(
              () -> {
                loop.mark("first");
                current.callSoon(() -> loop.mark("third"));
              });
          current.callSoon(() -> loop.mark("second"));
          sleep(Duration.ZERO);
          assertThat(loop.trail()).containsExactly("first", "second");
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("first", "second", "third");
  }

  @Test
  void timers_sameDeadline_runByAge() {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          for (int i = 0; i < 20; i++) {
            int n = i;
            current.callAt(1_000, () -> loop.mark("t" + n));
          }
          current.callAt(500, () -> loop.mark("early"));
          sleep(Duration.ofNanos(2_000));
        });
    List<String> expected = new ArrayList<>(List.of("early"));
    for (int i = 0; i < 20; i++) {
      expected.add("t" + i);
    }
    assertThat(loop.trail()).isEqualTo(expected);
  }

  @Test
  void createTask_bodyBegins_inNextTurnInOrder() {
    loop.run(
        () -> {
          Task<?> one = createTask(() -> loop.mark("one"));
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          Task<?> two = createTask(() -> loop.mark("two"));
          loop.mark("main");
          gather(one, two).await();
        });
    assertThat(loop.trail()).containsExactly("main", "one", "callback", "two");
  }

  @Test
  void sleepZero_twoTasks_alternate() {
    loop.run(
        () ->
            gather(
                    () -> {
                      for (int i = 0; i < 3; i++) {
                        loop.mark("a" + i);
                        sleep(Duration.ZERO);
                      }
                    },
                    () -> {
                      for (int i = 0; i < 3; i++) {
                        loop.mark("b" + i);
                        sleep(Duration.ZERO);
                      }
                    })
                .await());
    assertThat(loop.trail()).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
  }

  @Test
  void awaitOfDoneFuture_doesNotLetOthersRun() {
    loop.run(
        () -> {
          Future<String> done = EventLoop.current().createFuture();
          done.setResult("x");
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          assertThat(done.await()).isEqualTo("x");
          loop.mark("main");
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void preparedLoop_callbacksAndTasksBeforeRun_keepTheirOrder() {
    try (EventLoop prepared = EventLoop.create(loop.options())) {
      prepared.callSoon(() -> loop.mark("a"));
      Task<?> b =
          prepared.createTask(
              () -> {
                loop.mark("b");
                return 1;
              });
      prepared.callSoon(() -> loop.mark("c"));
      prepared.runUntilComplete(b);
    }
    assertThat(loop.trail()).containsExactly("a", "b", "c");
  }
}
