package io.asyncio4j;

import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.fixtures.ForkedJvm;
import io.asyncio4j.testing.TestLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals, in processes of their own: each program says when it is to get the next one. */
class CtrlCTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** Runs a program that prints {@code signal NAME} where it wants one; returns what it printed. */
  private static Outcome run(Class<?> program, String... flags)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add(ForkedJvm.FULL_MODE);
    ProcessBuilder builder = ForkedJvm.builder(all, program).redirectErrorStream(true);
    // A test run in the background of a shell without job control ignores SIGINT, and its children.
    builder.command().addAll(0, List.of("env", "--default-signal=INT,TERM,HUP"));
    Process process = builder.start();
    List<String> printed = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("signal ")) {
          String name = line.substring("signal ".length());
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } else {
          printed.add(line);
        }
      }
      return new Outcome(process.waitFor(), printed);
    } finally {
      process.destroyForcibly();
    }
  }

  private record Outcome(int exitCode, List<String> printed) {}

  private static void print(String line) {
    System.out.println(line);
  }

  private static LoopOptions handled() {
    return LoopOptions.defaults().withCtrlC(true);
  }

  private static void pause() {
    EventLoop.current().<Object>createFuture().await();
  }

  /** Gets one signal while the loop's thread is held: two at once may come as one. */
  private static void getSignalSpinning() {
    AtomicBoolean received = new AtomicBoolean();
    SignalHandlers.Registration listener = SignalHandlers.add("INT", () -> received.set(true));
    print("signal INT");
    while (!received.get()) {
      Thread.onSpinWait();
    }
    listener.remove();
  }

  @Test
  void first_cancelsTheMainTaskWhichCleansUp() throws Exception {
    Outcome outcome = run(FirstCancels.class);
    assertThat(outcome.printed())
        .containsExactly(
            "cancelled: Ctrl-C", "cleaned up", "run ended by KeyboardInterruptException", "closed");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class FirstCancels {
    public static void main(String[] args) {
      try {
        Asyncio.run(
            handled(),
            () -> {
              try {
                print("signal INT");
                pause();
              } catch (CancellationException e) {
                print("cancelled: " + e.getMessage());
                sleep(Duration.ofMillis(1));
                print("cleaned up");
                throw e;
              }
            });
      } catch (KeyboardInterruptException e) {
        print("run ended by " + e.getClass().getSimpleName());
      }
      print("closed");
    }
  }

  @Test
  void first_mainTaskGoesOn_returnsItsResultAndTheSecondRunIsUntouched() throws Exception {
    Outcome outcome = run(GoesOn.class);
    assertThat(outcome.printed())
        .containsExactly("went on", "and again: cancelled", "handler is default");
    assertThat(outcome.exitCode()).isEqualTo(128 + 2);
  }

  static final class GoesOn {
    public static void main(String[] args) throws Exception {
      try (Runner runner = new Runner(handled())) {
        print(
            runner.run(
                () -> {
                  print("signal INT");
                  try {
                    pause();
                  } catch (CancellationException e) {
                    return "went on";
                  }
                  return "not reached";
                }));
        try {
          runner.run(
              () -> {
                print("signal INT");
                pause();
              });
        } catch (KeyboardInterruptException e) {
          print("and again: cancelled");
        }
        print("handler is default");
        print("signal INT"); // between two runs it ends the process
        Thread.currentThread().join();
      }
    }
  }

  @Test
  void second_mainTaskIgnoresTheFirst_endsTheRunAndTheCloseCancelsWhatIsLeft() throws Exception {
    Outcome outcome = run(IgnoresTheFirst.class);
    assertThat(outcome.printed())
        .containsExactly(
            "ignored", "run ended", "left: RUNNING", "cancelled by the close", "closed");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class IgnoresTheFirst {
    public static void main(String[] args) {
      try (Runner runner = new Runner(handled())) {
        try {
          runner.run(
              () -> {
                print("signal INT");
                try {
                  pause();
                } catch (CancellationException e) {
                  print("ignored");
                }
                print("signal INT");
                try {
                  pause();
                } finally {
                  print("cancelled by the close");
                }
              });
        } catch (KeyboardInterruptException e) {
          print("run ended");
        }
        runner.loop().allTasks().forEach(task -> print("left: " + task.state()));
      }
      print("closed");
    }
  }

  @Test
  void second_taskHoldsTheLoop_interruptsIt() throws Exception {
    Outcome outcome = run(HoldsTheLoop.class);
    assertThat(outcome.printed()).containsExactly("saw the interrupt", "run ended");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class HoldsTheLoop {
    public static void main(String[] args) {
      try {
        Asyncio.run(
            handled(),
            () -> {
              getSignalSpinning();
              print("signal INT");
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              print("saw the interrupt");
            });
      } catch (KeyboardInterruptException e) {
        print("run ended");
      }
    }
  }

  @Test
  void third_taskHoldsTheLoopForEver_endsTheProcess() throws Exception {
    assertThat(run(HoldsForEver.class).exitCode()).isEqualTo(128 + 2);
  }

  static final class HoldsForEver {
    public static void main(String[] args) {
      Asyncio.run(
          handled(),
          () -> {
            getSignalSpinning();
            print("signal INT");
            while (!Thread.interrupted()) {
              Thread.onSpinWait();
            }
            print("signal INT");
            while (true) {
              Thread.onSpinWait();
            }
          });
    }
  }

  @Test
  void notAskedFor_ctrlCEndsTheProcessAsUsual() throws Exception {
    assertThat(run(NotAskedFor.class).exitCode()).isEqualTo(128 + 2);
  }

  static final class NotAskedFor {
    public static void main(String[] args) {
      Asyncio.run(
          () -> {
            print("signal INT");
            pause();
          });
    }
  }

  @Test
  void onSignal_callbackRunsOnTheLoopAndRemovalRestoresTheDefault() throws Exception {
    Outcome outcome = run(OnSignal.class);
    assertThat(outcome.printed())
        .containsExactly("TERM on loop main", "removed true", "removed false");
    assertThat(outcome.exitCode()).isEqualTo(128 + 15);
  }

  static final class OnSignal {
    public static void main(String[] args) {
      Asyncio.run(
          () -> {
            EventLoop loop = EventLoop.current();
            Future<String> got = loop.createFuture();
            loop.onSignal(
                "TERM", () -> got.setResult("TERM on loop " + EventLoop.current().name()));
            print("signal TERM");
            print(got.await());
            print("removed " + loop.removeSignalHandler("SIGTERM"));
            print("removed " + loop.removeSignalHandler("TERM"));
            print("signal TERM");
            pause();
          });
    }
  }

  @Test
  void onSignal_forInt_takesThePlaceOfCtrlC() throws Exception {
    Outcome outcome = run(OwnInt.class);
    assertThat(outcome.printed()).containsExactly("own handler", "own handler again", "result");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class OwnInt {
    public static void main(String[] args) {
      print(
          Asyncio.run(
              handled(),
              () -> {
                for (String text : List.of("own handler", "own handler again")) {
                  Future<@Nullable Void> got = EventLoop.current().createFuture();
                  EventLoop.current().onSignal("INT", () -> got.setResult(null));
                  print("signal INT");
                  got.await();
                  print(text);
                }
                return "result";
              }));
    }
  }

  @Test
  void onSignal_twoLoops_bothHearIt() throws Exception {
    Outcome outcome = run(TwoLoops.class);
    assertThat(outcome.printed()).containsExactly("both");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class TwoLoops {
    public static void main(String[] args) {
      EventLoop other = EventLoop.create();
      Thread thread = Thread.ofPlatform().start(other::runForever);
      Asyncio.run(
          () -> {
            Future<@Nullable Void> here = EventLoop.current().createFuture();
            EventLoop.current().onSignal("USR2", () -> here.setResult(null));
            Future<@Nullable Void> there =
                Asyncio.fromCompletionStage(
                        other.submit(
                            () -> {
                              Future<@Nullable Void> heard = other.createFuture();
                              other.onSignal("USR2", () -> heard.setResult(null));
                              return heard;
                            }))
                    .await();
            print("signal USR2");
            here.await();
            Asyncio.fromFuture(there).await();
            print("both");
          });
      other.close();
      assertThat(thread.isInterrupted()).isFalse();
    }
  }

  @Test
  void onSignal_jvmWithoutSignals_saysSo() throws Exception {
    Outcome outcome = run(WithoutSignals.class, "-Xrs");
    assertThat(outcome.printed().getFirst())
        .startsWith("signal INT cannot be handled: ".replace("signal ", "refused: signal "))
        .contains("-Xrs");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class WithoutSignals {
    public static void main(String[] args) {
      try (EventLoop loop = EventLoop.create()) {
        loop.onSignal("INT", () -> {});
      } catch (IllegalArgumentException e) {
        print("refused: " + e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "SEGV", "NOSUCH"})
  void onSignal_unknownOrTheJvmsOwn_isRefused(String signal) throws Exception {
    loop.run(
        () ->
            assertThatThrownBy(() -> EventLoop.current().onSignal(signal, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("signal " + signal + " cannot be handled"));
  }
}
