package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who waits for a flag is woken by it, even if it is lowered before they run. */
class EventTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Event event = new Event();

  private Task<?> waiting(String name) {
    return createTask(
        name,
        () -> {
          event.await();
          loop.mark(name);
        });
  }

  @Test
  void set_wakesAllInTheOrderInWhichTheyWaited() {
    loop.run(
        () -> {
          assertThat(event.isSet()).isFalse();
          Task<?> a = waiting("a");
          Task<?> b = waiting("b");
          Task<?> c = waiting("c");
          sleep(ZERO);
          event.set();
          assertThat(event.isSet()).isTrue();
          assertThat(loop.trail()).isEmpty();
          gather(a, b, c).await();
        });
    assertThat(loop.trail()).containsExactly("a", "b", "c");
  }

  @Test
  void await_set_returnsWithoutSuspending() {
    loop.run(
        () -> {
          event.set();
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          event.await();
          event.await();
          loop.mark("main");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void clear_makesItWaitAgain() {
    loop.run(
        () -> {
          event.set();
          event.clear();
          assertThat(event.isSet()).isFalse();
          assertThatThrownBy(
                  () ->
                      waitFor(
                          () -> {
                            event.await();
                            return 1;
                          },
                          ofMillis(10)))
              .isInstanceOf(TimeoutException.class);
          event.set();
          event.await();
        });
  }

  @Test
  void clear_beforeTheWaitersRan_theyGoOnAllTheSame() {
    loop.run(
        () -> {
          Task<?> a = waiting("a");
          sleep(ZERO);
          event.set();
          event.clear();
          a.await();
          assertThat(event.isSet()).isFalse();
        });
    assertThat(loop.trail()).containsExactly("a");
  }

  @Test
  void set_twice_changesNothing() {
    loop.run(
        () -> {
          Task<?> a = waiting("a");
          sleep(ZERO);
          event.set();
          event.set();
          a.await();
        });
    assertThat(loop.trail()).containsExactly("a");
  }

  @Test
  void waiterCancelled_theOthersAreWoken() {
    loop.run(
        () -> {
          Task<?> a = waiting("a");
          Task<?> b = waiting("b");
          sleep(ZERO);
          a.cancel();
          event.set();
          b.await();
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("b");
  }

  @Test
  void waiterCancelledAfterTheSet_isCancelled() {
    loop.run(
        () -> {
          Task<?> a = waiting("a");
          sleep(ZERO);
          event.set();
          a.cancel();
          assertThatThrownBy(a::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void set_byACallback_wakesTheTasks() {
    loop.run(
        () -> {
          EventLoop.current().callLater(ofMillis(10), event::set);
          event.await();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }
}
