package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other threads hand in arrives, in order, and wakes the loop. */
class InboundQueueTest {
  private static final int THREADS = 4;

  private final InboundQueue queue = new InboundQueue();

  private static final class Entry extends ReadyNode {
    @Override
    void fire() {}
  }

  private List<ReadyNode> drain() {
    ReadyQueue ready = new ReadyQueue();
    queue.drainTo(ready);
    List<ReadyNode> drained = new ArrayList<>();
    for (ReadyNode node = ready.poll(); node != null; node = ready.poll()) {
      drained.add(node);
    }
    return drained;
  }

  @Test
  void offered_severalEntries_comeOutInTheirOrder() {
    List<ReadyNode> entries = List.of(new Entry(), new Entry(), new Entry());
    entries.forEach(entry -> assertThat(queue.offer(entry)).isTrue());
    assertThat(drain()).isEqualTo(entries);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void claimsWakeup_eachSleep_isTrueForOneCaller() {
    assertThat(queue.claimsWakeup()).isFalse();
    for (int sleep = 0; sleep < 3; sleep++) {
      queue.fallAsleep();
      assertThat(queue.isAsleep()).isTrue();
      assertThat(queue.claimsWakeup()).isTrue();
      assertThat(queue.claimsWakeup()).isFalse();
      assertThat(queue.isAsleep()).isTrue(); // until it goes on itself
      queue.awake();
      assertThat(queue.isAsleep()).isFalse();
      assertThat(queue.claimsWakeup()).isFalse();
    }
  }

  /** Parks the loop's thread as loops without I/O do, or in a selector as those with streams do. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callSoonThreadsafe_threadsThatWaitForEachCall_noWakeUpIsLost(boolean withSelector)
      throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      int rounds = 3_000;
      List<Boolean> outcomes =
          Asyncio.run(
              () -> {
                EventLoop loop = EventLoop.current();
                if (withSelector) {
                  loop.resources().selector();
                }
                List<Future<Boolean>> handing = new ArrayList<>();
                Callable<Boolean> handOver = () -> handOver(loop, rounds);
                for (int i = 0; i < THREADS; i++) {
                  handing.add(loop.runInExecutor(threads, handOver));
                }
                return Asyncio.gather(handing).await();
              });
      assertThat(outcomes).hasSize(THREADS).containsOnly(true);
    }
  }

  private static boolean handOver(EventLoop loop, int rounds) throws InterruptedException {
    Semaphore ran = new Semaphore(0);
    for (int i = 0; i < rounds; i++) {
      loop.callSoonThreadsafe(ran::release);
      if (!ran.tryAcquire(60, TimeUnit.SECONDS)) {
        return false; // the loop sleeps although it has something to do
      }
    }
    return true;
  }
}
