package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Steps of several tasks come in the order of their numbers. */
class SequencerTest {
  private static final class File {
    final List<String> uses = new ArrayList<>();

    void open() {
      uses.add("open");
    }

    void write() {
      uses.add("write");
    }

    void read() {
      uses.add("read");
    }
  }

  @AsyncTest(seeds = 20)
  void steps_ofTwoTasks_interleaveAsNumbered() {
    File file = new File();
    Sequencer order = new Sequencer();
    Task<Void> writer =
        createTask(
            () -> {
              try (var _ = order.step(1)) {
                file.write();
              }
            });
    try (var _ = order.step(0)) {
      file.open();
    }
    try (var _ = order.step(2)) {
      file.read();
    }
    assertThat(file.uses).containsExactly("open", "write", "read");
    writer.await();
  }

  @AsyncTest
  void step_usedTwiceOrNegative_isRefused() {
    Sequencer order = new Sequencer();
    order.step(0).close();
    assertThatThrownBy(() -> order.step(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("step 0 was begun already");
    assertThatThrownBy(() -> order.step(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @AsyncTest
  void step_cancelledWhileItWaits_laterOnesFail() {
    Sequencer order = new Sequencer();
    Task<?> one = createTask(() -> order.step(1).close());
    Task<?> two = createTask(() -> order.step(2).close());
    sleep(Duration.ZERO);
    one.cancel();
    assertThatThrownBy(two::await)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("step 2 can never begin, since an earlier one was cancelled");
    assertThatThrownBy(() -> order.step(3)).hasMessageContaining("step 3 can never begin");
    AsyncAssertions.assertCancelled(one);
  }
}
