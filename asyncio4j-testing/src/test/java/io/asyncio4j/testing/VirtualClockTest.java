package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Connection;
import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.Queue;
import io.asyncio4j.Server;
import io.asyncio4j.Streams;
import io.asyncio4j.Task;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When time moves, how far, and what has happened then. */
class VirtualClockTest {
  @RegisterExtension final TestLoop loop = new TestLoop();
  private final VirtualClock clock = loop.clock();

  private void markTheTime(String what) {
    loop.mark(what + " at " + clock.elapsed().toMillis());
  }

  private Task<?> marking(String what, Duration after) {
    return createTask(
        what,
        () -> {
          sleep(after);
          markTheTime(what);
        });
  }

  // ---- by itself

  @Test
  void autojump_allTasksSleep_movesToTheNextTimer() {
    loop.run(() -> gather(marking("b", ofDays(1)), marking("a", ofSeconds(1))).await());
    assertThat(loop.trail()).containsExactly("a at 1000", "b at 86400000");
    loop.assertElapsed(ofDays(1));
  }

  @Test
  void jumpsOverTraffic_bothEndsOnTheLoop_theServersHourIsOverAtOnce() throws Exception {
    clock.jumpsOverTraffic(true);
    loop.run(
        () -> {
          try (Server server =
                  Streams.serve(
                      (reader, writer) -> {
                        byte[] request = reader.readExactly(1);
                        sleep(ofHours(1));
                        writer.write(request);
                      },
                      "127.0.0.1",
                      0);
              Connection client = Streams.connect("127.0.0.1", port(server))) {
            client.writer().write(new byte[] {7});
            assertThat(client.reader().readExactly(1)).containsExactly(7);
          }
        });
    assertThat(clock.jumpsOverTraffic()).isTrue();
    loop.assertElapsed(ofHours(1));
  }

  private static int port(Server server) {
    return ((InetSocketAddress) server.addresses().getFirst()).getPort();
  }

  @Test
  void jumpsOverTraffic_callInAnExecutor_keepsTheTimeUntilItHasEnded() throws Exception {
    clock.jumpsOverTraffic(true);
    CountDownLatch sleeping = new CountDownLatch(1);
    loop.run(
        () -> {
          Task<?> sleeper = marking("sleeper", ofSeconds(1));
          EventLoop.current().callLater(ZERO, sleeping::countDown);
          toThread(
              () -> {
                sleeping.await();
                // For as long as would be quiet enough.
                assertThat(new CountDownLatch(1).await(200, MILLISECONDS)).isFalse();
              });
          markTheTime("thread");
          sleeper.await();
        });
    assertThat(loop.trail()).containsExactly("thread at 0", "sleeper at 1000");
  }

  @Test
  void autojump_callInAnExecutor_keepsTheTimeUntilItHasEnded() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          Task<?> sleeper = marking("sleeper", ofSeconds(1));
          toThread(
              () -> {
                for (int i = 0; i < 3; i++) { // the loop has nothing to do in between
                  assertThat(current.submit(clock::elapsed).get()).isZero();
                }
              });
          markTheTime("call");
          sleeper.await();
        });
    assertThat(loop.trail()).containsExactly("call at 0", "sleeper at 1000");
  }

  @Test
  void autojump_turnedOff_timeStandsStill() {
    clock.autojump(false);
    assertThat(clock.autojump()).isFalse();
    assertThat(clock).hasToString("VirtualClock at PT0S (standing still)");
    loop.run(
        () -> {
          Task<?> sleeper = marking("sleeper", ofMillis(10));
          clock.runUntilIdle();
          assertThat(sleeper.isDone()).isFalse();
          loop.assertElapsed(ZERO);
          clock.autojump(true);
          sleeper.await();
        });
    assertThat(loop.trail()).containsExactly("sleeper at 10");
    assertThat(clock).hasToString("VirtualClock at PT0.01S");
  }

  // ---- by hand

  @Test
  void advance_severalDue_eachRunsAtItsOwnTimeAndWhatFollowsToo() {
    clock.autojump(false);
    loop.run(
        () -> {
          createTask(
              () -> {
                for (int i = 0; i < 5; i++) {
                  sleep(ofMillis(30));
                  markTheTime("tick");
                }
              });
          clock.advance(ofMillis(100));
          markTheTime("main");
          clock.advance(ofMillis(50));
          markTheTime("main");
        });
    assertThat(loop.trail())
        .containsExactly(
            "tick at 30",
            "tick at 60",
            "tick at 90",
            "main at 100",
            "tick at 120",
            "tick at 150",
            "main at 150");
  }

  @Test
  void advance_autojumpOn_endsAfterAllThatIsDueThen() {
    loop.run(
        () -> {
          createTask(
              () -> {
                sleep(ofMillis(10));
                createTask(() -> markTheTime("child"));
              });
          clock.advance(ofMillis(10));
          markTheTime("main");
        });
    assertThat(loop.trail()).containsExactly("child at 10", "main at 10");
  }

  @Test
  void advance_bySeveralTasks_eachHasItsOwnTarget() {
    clock.autojump(false);
    loop.run(
        () -> {
          Task<?> far =
              createTask(
                  () -> {
                    clock.advance(ofMillis(20));
                    markTheTime("far");
                  });
          clock.advance(ofMillis(10));
          markTheTime("near");
          far.await();
        });
    assertThat(loop.trail()).containsExactly("near at 10", "far at 20");
  }

  @Test
  void advance_cancelled_movesNothingAnyMore() {
    clock.autojump(false);
    loop.run(
        () -> {
          Task<?> advancing = createTask(() -> clock.advance(ofMillis(20)));
          sleep(ZERO);
          advancing.cancel();
          clock.runUntilIdle();
          assertThat(advancing.isCancelled()).isTrue();
          clock.runUntilIdle();
        });
    loop.assertElapsed(ZERO);
  }

  @Test
  void jump_severalDue_allRunAtTheNewTime() {
    clock.autojump(false);
    loop.run(
        () -> {
          marking("a", ofMillis(10));
          marking("b", ofMillis(20));
          sleep(ZERO);
          clock.jump(ofMillis(100));
          markTheTime("main");
          clock.runUntilIdle();
        });
    assertThat(loop.trail()).containsExactly("main at 100", "a at 100", "b at 100");
  }

  @Test
  void moves_negativeOrHuge_areRefusedOrEndAtTheLastTime() {
    assertThatThrownBy(() -> clock.jump(ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot go back by PT0.001S");
    assertThatThrownBy(() -> clock.advance(ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    clock.jump(ofSeconds(Long.MAX_VALUE));
    clock.jump(ofDays(1));
    assertThat(clock.nanoTime()).isEqualTo(Long.MAX_VALUE - 1);
  }

  // ---- until idle

  @Test
  void runUntilIdle_othersAtWork_returnsWhenTheyAllWait() {
    loop.run(
        () -> {
          Queue<Integer> queue = new Queue<>(1);
          List<Integer> got = new ArrayList<>();
          Task<?> consumer =
              createTask(
                  () -> {
                    while (true) {
                      got.add(queue.get());
                    }
                  });
          Task<?> producer =
              createTask(
                  () -> {
                    for (int i = 0; i < 10; i++) {
                      queue.put(i);
                    }
                    sleep(ofSeconds(1));
                    queue.put(10);
                  });
          clock.runUntilIdle();
          assertThat(got).hasSize(10);
          loop.assertElapsed(ZERO);
          producer.await();
          clock.runUntilIdle();
          assertThat(got).hasSize(11);
          consumer.cancel();
        });
  }

  @Test
  void runUntilIdle_callInAnExecutor_isWaitedFor() {
    loop.run(
        () -> {
          createTask(() -> toThread(() -> loop.mark("in a thread")));
          clock.runUntilIdle();
          loop.mark("idle");
        });
    assertThat(loop.trail()).containsExactly("in a thread", "idle");
  }

  @Test
  void runUntilIdle_bySeveralTasks_allGoOn() {
    loop.run(
        () -> {
          Task<?> other =
              createTask(
                  () -> {
                    clock.runUntilIdle();
                    loop.mark("other");
                  });
          clock.runUntilIdle();
          loop.mark("main");
          other.await();
        });
    assertThat(loop.trail()).containsExactlyInAnyOrder("main", "other");
  }

  // ---- from the test's thread

  @Test
  void onALoop_thatDoesNotRun_runsItSoFar() throws InterruptedException {
    clock.autojump(false);
    try (EventLoop own = EventLoop.create(loop.options())) {
      Task<?> task =
          own.createTask(
              () -> {
                markTheTime("begun");
                sleep(ofSeconds(5));
                markTheTime("over");
              });
      clock.runUntilIdle(own);
      assertThat(loop.trail()).containsExactly("begun at 0");
      clock.advance(own, ofSeconds(4));
      assertThat(task.isDone()).isFalse();
      clock.advance(own, ofSeconds(1));
      assertThat(task.isDone()).isTrue();
      assertThat(loop.trail()).containsExactly("begun at 0", "over at 5000");
    }
  }

  @Test
  void onALoop_thatRunsOnAnotherThread_waitsForIt() throws InterruptedException {
    clock.autojump(false);
    EventLoop own = EventLoop.create(LoopOptions.defaults().withClock(clock));
    own.createTask(
        () -> {
          while (true) {
            sleep(ofSeconds(1));
            markTheTime("tick");
            if (clock.elapsed().equals(ofSeconds(3))) {
              own.stop();
            }
          }
        });
    own.exceptionHandler(loop::record);
    CountDownLatch runs = new CountDownLatch(1);
    own.callSoon(runs::countDown);
    Thread runner = Thread.ofPlatform().start(own::runForever);
    runs.await();
    try {
      clock.advance(own, ofSeconds(2));
      assertThat(loop.trail()).containsExactly("tick at 1000", "tick at 2000");
      clock.runUntilIdle(own);
      own.submit(
          () -> {
            clock.jump(ofSeconds(1));
            return true;
          });
    } finally {
      runner.join();
      own.close();
    }
    assertThat(loop.trail()).hasSize(3);
    assertThat(loop.takeReports()).hasSize(1); // the ticking task was left pending
  }

  @Test
  void onALoop_fromInsideIt_isRefused() {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          assertThatThrownBy(() -> clock.advance(current, ofSeconds(1)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("would wait for itself; call the method without EventLoop");
          assertThatThrownBy(() -> clock.runUntilIdle(current))
              .isInstanceOf(IllegalStateException.class);
        });
  }
}
