package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publishers of java.util.concurrent.Flow as iterables, and coroutines as publishers. */
class FlowTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  /** A publisher that a test drives by hand, and that notes what its subscriber asks of it. */
  private static final class Source implements Flow.Publisher<String>, Flow.Subscription {
    final List<String> asked = new ArrayList<>();
    Flow.@Nullable Subscriber<? super String> to;

    @Override
    public void subscribe(Flow.Subscriber<? super String> subscriber) {
      to = subscriber;
      subscriber.onSubscribe(this);
    }

    Flow.Subscriber<? super String> to() {
      return Objects.requireNonNull(to);
    }

    @Override
    public void request(long n) {
      asked.add("request " + n);
    }

    @Override
    public void cancel() {
      asked.add("cancel");
    }
  }

  /** A subscriber that notes its signals and asks when it is told to. */
  private static class Notes implements Flow.Subscriber<Object> {
    final List<String> signals = new ArrayList<>();
    Flow.@Nullable Subscription subscription;

    Flow.Subscription subscription() {
      return Objects.requireNonNull(subscription);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      signals.add("subscribed");
    }

    @Override
    public void onNext(Object item) {
      signals.add("next " + item);
    }

    @Override
    public void onError(Throwable thrown) {
      signals.add("error " + thrown.getMessage());
    }

    @Override
    public void onComplete() {
      signals.add("complete");
    }
  }

  // ---- a publisher as an iterable

  @Test
  void items_ofAPublisherOnOtherThreads_comeInOrderAndEnd() throws Exception {
    int sum =
        loop.run(
            () -> {
              SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>();
              try (PublishedItems<Integer> items = PublishedItems.of(publisher, 4)) {
                Iterator<Integer> numbers = items.iterator();
                Task<?> sending =
                    createTask(
                        () ->
                            toThread(
                                () -> {
                                  for (int i = 1; i <= 1_000; i++) {
                                    publisher.submit(i);
                                  }
                                  publisher.close();
                                }));
                int total = 0;
                int last = 0;
                while (numbers.hasNext()) {
                  int number = numbers.next();
                  assertThat(number).isEqualTo(last + 1);
                  last = number;
                  total += number;
                }
                sending.await();
                return total;
              }
            });
    assertThat(sum).isEqualTo(500_500);
  }

  @Test
  void items_demand_isBoundedAndRenewedAsItemsAreTaken() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          try (PublishedItems<String> items = PublishedItems.of(source, 4)) {
            assertThat(source.asked).isEmpty();
            Iterator<String> iterator = items.iterator();
            assertThat(source.asked).containsExactly("request 4");
            for (String item : List.of("a", "b", "c", "d")) {
              source.to().onNext(item);
            }
            assertThat(iterator.next()).isEqualTo("a");
            assertThat(source.asked).containsExactly("request 4");
            assertThat(iterator.next()).isEqualTo("b");
            assertThat(source.asked).containsExactly("request 4", "request 2");
          }
          assertThat(source.asked).endsWith("cancel").hasSize(3);
        });
  }

  @Test
  void items_failure_comesAfterTheItemsAsTheObjectThatWasSent() throws Exception {
    IOException failure = new IOException("x");
    loop.run(
        () -> {
          Source source = new Source();
          try (PublishedItems<String> items = PublishedItems.of(source)) {
            Iterator<String> iterator = items.iterator();
            source.to().onNext("a");
            source.to().onError(failure);
            assertThat(iterator.next()).isEqualTo("a");
            assertThatThrownBy(iterator::hasNext).isSameAs(failure);
            assertThatThrownBy(iterator::next).isSameAs(failure);
          }
          assertThat(source.asked).containsExactly("request 32");
        });
  }

  @Test
  void items_end_isNoSuchElement() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          try (PublishedItems<String> items = PublishedItems.of(source)) {
            Iterator<String> iterator = items.iterator();
            source.to().onComplete();
            assertThat(iterator.hasNext()).isFalse();
            assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
          }
        });
  }

  @Test
  void items_waitingTaskCancelled_leavesThroughTheTryAndCancelsTheSubscription() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          Task<?> reading =
              createTask(
                  () -> {
                    try (PublishedItems<String> items = PublishedItems.of(source)) {
                      for (String item : items) {
                        loop.mark(item);
                      }
                    }
                  });
          sleep(Duration.ofSeconds(1));
          source.to().onNext("a");
          sleep(Duration.ofSeconds(1));
          reading.cancel();
          assertThatThrownBy(reading::await).isInstanceOf(CancellationException.class);
          assertThat(source.asked).endsWith("cancel");
        });
    assertThat(loop.trail()).containsExactly("a");
  }

  @Test
  void items_forEach_closesHoweverItEnds() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          Task<?> reading =
              createTask(
                  () ->
                      PublishedItems.of(source)
                          .forEach(
                              item -> {
                                throw new IllegalStateException(item);
                              }));
          sleep(Duration.ofSeconds(1));
          source.to().onNext("bad");
          assertThatThrownBy(reading::await).hasMessage("bad");
          assertThat(source.asked).endsWith("cancel");
        });
  }

  @Test
  void items_closedByAnotherTask_endTheWait() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          PublishedItems<String> items = PublishedItems.of(source);
          Iterator<String> iterator = items.iterator();
          Task<Boolean> waiting = createTask(() -> iterator.hasNext());
          sleep(Duration.ZERO);
          items.close();
          items.close();
          assertThat(waiting.await()).isFalse();
          assertThat(source.asked).containsExactly("request 32", "cancel");
          source.to().onNext("late");
          sleep(Duration.ZERO);
          assertThat(iterator.hasNext()).isFalse();
          assertThatThrownBy(items::iterator).hasMessageContaining("these are closed");
        });
  }

  @Test
  void items_publisherBreaksTheRules_isRefusedAndCancelled() throws Exception {
    loop.run(
        () -> {
          Source source = new Source();
          try (PublishedItems<String> items = PublishedItems.of(source, 1)) {
            Iterator<String> iterator = items.iterator();
            assertThatThrownBy(() -> source.to().onSubscribe(absent()))
                .isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> source.to().onNext(absent()))
                .isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> source.to().onError(absent()))
                .isInstanceOf(NullPointerException.class);
            Source second = new Source();
            source.to().onSubscribe(second);
            assertThat(second.asked).containsExactly("cancel");
            source.to().onNext("a");
            source.to().onNext("too many");
            sleep(Duration.ZERO);
            assertThat(iterator.next()).isEqualTo("a");
            assertThatThrownBy(iterator::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sent more than the 1 items that were asked for");
            assertThat(source.asked).containsExactly("request 1", "cancel");
          }
        });
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // a caller without null checks
  private static <T> T absent() {
    return null;
  }

  // ---- a coroutine as a publisher

  @Test
  void publisher_emitsOnDemandOnlyAndCompletes() throws Exception {
    loop.run(
        () -> {
          Notes notes = new Notes();
          CoroutinePublisher.<String>of(
                  EventLoop.current(),
                  emitter -> {
                    for (String item : List.of("a", "b", "c")) {
                      emitter.emit(item);
                      loop.mark("emitted " + item);
                    }
                  })
              .subscribe(notes);
          assertThat(notes.signals).containsExactly("subscribed");
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals).containsExactly("subscribed");
          notes.subscription().request(1);
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals).containsExactly("subscribed", "next a");
          assertThat(loop.trail()).containsExactly("emitted a");
          notes.subscription().request(Long.MAX_VALUE);
          notes.subscription().request(Long.MAX_VALUE);
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals)
              .containsExactly("subscribed", "next a", "next b", "next c", "complete");
          notes.subscription().cancel();
          notes.subscription().request(1);
          assertThat(notes.signals).hasSize(5);
        });
  }

  @Test
  void publisher_requestFromInsideOnNext_doesNotRecurse() throws Exception {
    int[] depth = {0, 0};
    Notes notes =
        new Notes() {
          @Override
          public void onNext(Object item) {
            depth[1] = Math.max(depth[1], ++depth[0]);
            subscription().request(1);
            depth[0]--;
          }
        };
    loop.run(
        () -> {
          List<Integer> many = new ArrayList<>();
          for (int i = 0; i < 10_000; i++) {
            many.add(i);
          }
          CoroutinePublisher.ofItems(EventLoop.current(), () -> many).subscribe(notes);
          notes.subscription().request(1);
          sleep(Duration.ofSeconds(1));
        });
    assertThat(notes.signals).containsExactly("subscribed", "complete");
    assertThat(depth[1]).isEqualTo(1);
  }

  @Test
  void publisher_bodyFails_sendsTheErrorAfterTheItems() throws Exception {
    loop.run(
        () -> {
          Notes notes = new Notes();
          CoroutinePublisher.<String>of(
                  EventLoop.current(),
                  emitter -> {
                    emitter.emit("a");
                    throw new IOException("disk");
                  })
              .subscribe(notes);
          notes.subscription().request(5);
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals).containsExactly("subscribed", "next a", "error disk");
        });
  }

  @Test
  void publisher_requestOfNothing_endsWithIllegalArgument() throws Exception {
    for (long n : new long[] {0, -1}) {
      loop.run(
          () -> {
            Notes notes = new Notes();
            CoroutinePublisher.<String>of(EventLoop.current(), emitter -> emitter.emit("a"))
                .subscribe(notes);
            notes.subscription().request(n);
            sleep(Duration.ofSeconds(1));
            assertThat(notes.signals)
                .containsExactly(
                    "subscribed",
                    "error "
                        + n
                        + " items were requested; rule 3.9 of Reactive Streams wants at least 1");
            Notes waiting = new Notes();
            CoroutinePublisher.<String>of(EventLoop.current(), emitter -> emitter.emit("a"))
                .subscribe(waiting);
            sleep(Duration.ofSeconds(1));
            waiting.subscription().request(n);
            sleep(Duration.ofSeconds(1));
            assertThat(waiting.signals).hasSize(2).last().asString().contains("rule 3.9");
          });
    }
  }

  @Test
  void publisher_subscriberCancels_cancelsTheBodyWhichCleansUpInSilence() throws Exception {
    loop.run(
        () -> {
          Notes notes = new Notes();
          CoroutinePublisher.<String>of(
                  EventLoop.current(),
                  emitter -> {
                    try {
                      emitter.emit("a");
                      sleep(Duration.ofDays(1));
                    } finally {
                      loop.mark("cleaned up");
                    }
                  })
              .subscribe(notes);
          notes.subscription().request(5);
          sleep(Duration.ofSeconds(1));
          toThread(() -> notes.subscription().cancel());
          sleep(Duration.ofSeconds(1));
          notes.subscription().cancel();
          assertThat(notes.signals).containsExactly("subscribed", "next a");
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
  }

  @Test
  void publisher_cancelInsideOnNext_endsTheBodyAtItsNextEmit() throws Exception {
    Notes notes =
        new Notes() {
          @Override
          public void onNext(Object item) {
            super.onNext(item);
            subscription().cancel();
          }
        };
    loop.run(
        () -> {
          CoroutinePublisher.ofItems(EventLoop.current(), () -> List.of("a", "b")).subscribe(notes);
          notes.subscription().request(5);
          sleep(Duration.ofSeconds(1));
        });
    assertThat(notes.signals).containsExactly("subscribed", "next a");
  }

  @Test
  void publisher_subscriberThrows_endsItsSubscriptionAndIsReported() throws Exception {
    Notes notes =
        new Notes() {
          @Override
          public void onNext(Object item) {
            throw new IllegalStateException("bad subscriber");
          }
        };
    loop.run(
        () -> {
          CoroutinePublisher.ofItems(EventLoop.current(), () -> List.of("a", "b")).subscribe(notes);
          notes.subscription().request(5);
          sleep(Duration.ofSeconds(1));
        });
    assertThat(notes.signals).containsExactly("subscribed");
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report ->
                assertThat(Objects.requireNonNull(report.exception()))
                    .hasMessage("bad subscriber"));
  }

  @Test
  void publisher_severalTasksEmitAndTheSubscriberBlocks_signalsStaySerial() throws Exception {
    int[] inside = {0, 0};
    Notes notes =
        new Notes() {
          @Override
          public void onNext(Object item) {
            inside[1] = Math.max(inside[1], ++inside[0]);
            sleep(Duration.ofSeconds(1));
            inside[0]--;
            super.onNext(item);
          }
        };
    loop.run(
        () -> {
          CoroutinePublisher.<Integer>of(
                  EventLoop.current(),
                  emitter ->
                      Asyncio.gather(
                              () -> emitter.emit(1), () -> emitter.emit(2), () -> emitter.emit(3))
                          .await())
              .subscribe(notes);
          notes.subscription().request(9);
          sleep(Duration.ofSeconds(10));
        });
    assertThat(notes.signals)
        .containsExactly("subscribed", "next 1", "next 2", "next 3", "complete");
    assertThat(inside[1]).isEqualTo(1);
  }

  @Test
  void publisher_ofAQueue_takesOnDemandAndCompletesAtItsShutdown() throws Exception {
    loop.run(
        () -> {
          Queue<String> queue = new Queue<>();
          queue.putNow("a");
          queue.putNow("b");
          Notes notes = new Notes();
          CoroutinePublisher.<String>ofQueue(EventLoop.current(), queue).subscribe(notes);
          notes.subscription().request(1);
          sleep(Duration.ofSeconds(1));
          assertThat(queue.size()).isEqualTo(1);
          queue.shutdown();
          notes.subscription().request(5);
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals).containsExactly("subscribed", "next a", "next b", "complete");
        });
  }

  @Test
  void publisher_nulls_areRefused() throws Exception {
    loop.run(
        () -> {
          CoroutinePublisher<String> publisher =
              CoroutinePublisher.of(EventLoop.current(), emitter -> emitter.emit(absent()));
          assertThatThrownBy(() -> publisher.subscribe(absent()))
              .isInstanceOf(NullPointerException.class);
          Notes notes = new Notes();
          publisher.subscribe(notes);
          notes.subscription().request(1);
          sleep(Duration.ofSeconds(1));
          assertThat(notes.signals).containsExactly("subscribed", "error item");
        });
  }

  @Test
  void publisher_loopClosed_sendsSubscriptionAndError() throws Exception {
    EventLoop own = EventLoop.create(loop.options());
    CoroutinePublisher<String> publisher = CoroutinePublisher.of(own, emitter -> emitter.emit("a"));
    Notes before = new Notes();
    publisher.subscribe(before);
    own.close();
    assertThat(before.signals)
        .containsExactly("subscribed", "error loop test closed before the task was done");
    Notes after = new Notes();
    publisher.subscribe(after);
    assertThat(after.signals)
        .containsExactly("subscribed", "error loop test is closed and takes no more work");
  }

  @Test
  void roundTrip_publisherOfOneLoopReadOnAnother_keepsOrderAndEnd() throws Exception {
    EventLoop other = EventLoop.create(LoopOptions.defaults().withName("other"));
    Thread thread = Thread.ofPlatform().start(other::runForever);
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      sent.add(i);
    }
    loop.run(
        () -> {
          List<Integer> got = new ArrayList<>();
          PublishedItems.<Integer>of(CoroutinePublisher.ofItems(other, () -> sent), 8)
              .forEach(got::add);
          assertThat(got).isEqualTo(sent);
        });
    other.close();
    thread.join();
  }
}
