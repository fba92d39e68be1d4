package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flight Recorder's view of a loop, in a JVM of its own, since a recorder cannot be taken back. */
@Tag("foreign-blocking")
class JfrTest {
  @Test
  void recording_begunWhileTheLoopRuns_hasTheEventsOfItsTasks(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("loop.jfr");
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), Recorded.class, file.toString());
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    List<String> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("io.asyncio4j."))
            .map(JfrTest::text)
            .toList();
    assertThat(events)
        .containsSubsequence(
            "TaskStart main brief",
            "TaskEnd main brief CANCELLED",
            "TaskStart main traced",
            "TaskResume main traced",
            "TaskSuspend main traced sleep",
            "TaskResume main traced",
            "TaskEnd main traced SUCCESS")
        .contains("SlowStep main greedy");
    assertThat(events.stream().filter(event -> event.equals("TaskResume main brief"))).isEmpty();
  }

  private static String text(RecordedEvent event) {
    StringBuilder text = new StringBuilder(event.getEventType().getName().substring(13));
    for (String field : List.of("loop", "task", "state", "waitsFor")) {
      if (event.hasField(field) && event.getString(field) != null) {
        text.append(' ').append(event.getString(field));
      }
    }
    return text.toString();
  }

  static final class Recorded {
    public static void main(String[] args) throws IOException {
      Asyncio.run(
          () -> {
            sleep(Duration.ofMillis(1));
            try (Recording recording = new Recording()) {
              recording.start();
              sleep(Duration.ofMillis(1)); // idle, and so the loop sees it
              Task<?> brief = createTask("brief", () -> sleep(Duration.ofHours(1)));
              sleep(Duration.ZERO);
              brief.cancel();
              sleep(Duration.ofMillis(1));
              recording.enable("io.asyncio4j.TaskResume");
              recording.enable("io.asyncio4j.TaskSuspend");
              createTask("traced", () -> sleep(Duration.ofMillis(1))).await();
              recording.enable("io.asyncio4j.SlowStep").withThreshold(Duration.ofMillis(1));
              createTask("greedy", Recorded::holdTheLoop).await();
              recording.stop();
              recording.dump(Path.of(args[0]));
            }
          });
    }

    private static void holdTheLoop() {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < 2_000_000) {
        Thread.onSpinWait();
      }
    }
  }

  static final class Trivial {
    public static void main(String[] args) {
      Asyncio.run(() -> sleep(Duration.ofMillis(1)));
    }
  }

  @Test
  void withoutRecording_theEventsAreNotLoaded() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(List.of(ForkedJvm.FULL_MODE, "-Xlog:class+load:stdout"), Trivial.class);
    assertThat(outcome.output())
        .contains("io.asyncio4j.EventLoop ")
        .doesNotContain("io.asyncio4j.Jfr$")
        .doesNotContain("jdk.jfr.Event ")
        .doesNotContain("javax.management.")
        .doesNotContain("io.asyncio4j.Watchdog");
  }
}
