package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ends that are closed end the other side; whoever waits is served in order. */
class ChannelTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Channel<Integer> rendezvous = new Channel<>(0);
  private final Channel<Integer> buffered = new Channel<>(2);

  private static Task<Void> sending(Channel.Sender<Integer> sender, int item) {
    return createTask(() -> sender.send(item));
  }

  private static Task<Integer> receiving(Channel.Receiver<Integer> receiver) {
    return createTask(receiver::receive);
  }

  @Test
  void buffer_isFilledThenSendersWaitInOrder() {
    loop.run(
        () -> {
          buffered.sender().send(1);
          buffered.sender().send(2);
          assertThat(buffered.sender().offer(9)).isFalse();
          Task<Void> third = sending(buffered.sender(), 3);
          Task<Void> fourth = sending(buffered.sender(), 4);
          sleep(ZERO);
          assertThat(buffered.statistics()).isEqualTo(new Channel.Statistics(2, 2, 1, 1, 2, 0));
          assertThat(buffered.receiver().receive()).isEqualTo(1);
          sleep(ZERO);
          assertThat(third.isDone()).isTrue();
          assertThat(fourth.isDone()).isFalse();
          assertThat(buffered.receiver().poll()).contains(2);
          assertThat(buffered.receiver().poll()).contains(3);
          assertThat(buffered.receiver().poll()).contains(4);
          assertThat(buffered.receiver().poll()).isEmpty();
          fourth.await();
        });
  }

  @Test
  void rendezvous_senderWaitsForItsReceiver() {
    loop.run(
        () -> {
          assertThat(rendezvous.sender().offer(9)).isFalse();
          Task<Void> sender = sending(rendezvous.sender(), 1);
          sleep(ofSeconds(1));
          assertThat(sender.isDone()).isFalse();
          assertThat(rendezvous.receiver().poll()).contains(1);
          sender.await();
          Task<Integer> receiver = receiving(rendezvous.receiver());
          sleep(ZERO);
          assertThat(rendezvous.sender().offer(2)).isTrue();
          assertThat(rendezvous.sender().offer(3)).isFalse();
          assertThat(receiver.await()).isEqualTo(2);
        });
  }

  // ---- closing

  @Test
  void lastSenderClosed_receiversGetWhatIsLeftAndThenTheEnd() {
    loop.run(
        () -> {
          Channel.Sender<Integer> second = buffered.sender().copy();
          buffered.sender().send(1);
          buffered.sender().close();
          second.send(2);
          second.close();
          List<Integer> received = new ArrayList<>();
          for (int item : buffered.receiver()) {
            received.add(item);
          }
          assertThat(received).containsExactly(1, 2);
          assertThatThrownBy(buffered.receiver()::receive)
              .isInstanceOf(EndOfChannelException.class);
          assertThatThrownBy(buffered.receiver()::poll).isInstanceOf(EndOfChannelException.class);
          assertThatThrownBy(() -> buffered.receiver().iterator().next())
              .isInstanceOf(NoSuchElementException.class);
        });
  }

  @Test
  void lastSenderClosed_waitingReceiversEnd() {
    loop.run(
        () -> {
          Task<Integer> a = receiving(rendezvous.receiver());
          Task<Integer> b = receiving(rendezvous.receiver().copy());
          sleep(ZERO);
          rendezvous.sender().close();
          assertThatThrownBy(a::await).isInstanceOf(EndOfChannelException.class);
          assertThatThrownBy(b::await).isInstanceOf(EndOfChannelException.class);
          assertThat(rendezvous.statistics().tasksWaitingReceive()).isZero();
        });
  }

  @Test
  void lastReceiverClosed_sendersFailAndTheBufferIsDropped() {
    loop.run(
        () -> {
          buffered.sender().send(1);
          buffered.sender().send(2);
          Task<Void> waiting = sending(buffered.sender(), 3);
          sleep(ZERO);
          buffered.receiver().close();
          assertThatThrownBy(waiting::await)
              .isInstanceOf(ChannelClosedException.class)
              .hasMessageContaining("all receivers");
          assertThatThrownBy(() -> buffered.sender().offer(4))
              .isInstanceOf(ChannelClosedException.class);
          assertThat(buffered.statistics()).isEqualTo(new Channel.Statistics(0, 2, 1, 0, 0, 0));
        });
  }

  @Test
  void oneOfTwoClosed_theChannelGoesOn() {
    loop.run(
        () -> {
          Channel.Receiver<Integer> other = buffered.receiver().copy();
          Channel.Sender<Integer> another = buffered.sender().copy();
          buffered.receiver().close();
          buffered.receiver().close();
          buffered.sender().close();
          another.send(1);
          assertThat(other.receive()).isEqualTo(1);
          assertThat(buffered.statistics().openReceivers()).isEqualTo(1);
          assertThat(buffered.statistics().openSenders()).isEqualTo(1);
        });
  }

  @Test
  void closedEnd_isRefused_alsoForTasksThatWaitByIt() {
    loop.run(
        () -> {
          Channel.Sender<Integer> sender = rendezvous.sender().copy();
          Task<Void> mine = sending(sender, 1);
          Task<Void> others = sending(rendezvous.sender(), 2);
          sleep(ZERO);
          sender.close();
          assertThatThrownBy(mine::await).isInstanceOf(ChannelClosedException.class);
          assertThatThrownBy(() -> sender.send(3)).isInstanceOf(ChannelClosedException.class);
          assertThatThrownBy(sender::copy).isInstanceOf(ChannelClosedException.class);
          assertThat(rendezvous.receiver().receive()).isEqualTo(2);
          others.await();
          Channel.Receiver<Integer> receiver = rendezvous.receiver().copy();
          Task<Integer> waiting = receiving(receiver);
          sleep(ZERO);
          receiver.close();
          assertThatThrownBy(waiting::await).isInstanceOf(ChannelClosedException.class);
          assertThatThrownBy(receiver::receive).isInstanceOf(ChannelClosedException.class);
          assertThatThrownBy(receiver::copy).isInstanceOf(ChannelClosedException.class);
        });
  }

  // ---- cancellation

  @Test
  void receiverCancelledAfterItWasHandedAnItem_hasItAndIsCancelledLater() {
    loop.run(
        () -> {
          List<Object> got = new ArrayList<>();
          Task<Void> receiver =
              createTask(
                  () -> {
                    got.add(rendezvous.receiver().receive());
                    sleep(ofSeconds(1));
                    got.add("not reached");
                  });
          sleep(ZERO);
          assertThat(rendezvous.sender().offer(1)).isTrue();
          receiver.cancel("stop");
          assertThatThrownBy(receiver::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("stop");
          assertThat(got).containsExactly(1);
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void senderCancelledAfterItsItemWasTaken_hasSentItAndIsCancelledLater() {
    loop.run(
        () -> {
          Task<Void> sender =
              createTask(
                  () -> {
                    rendezvous.sender().send(1);
                    loop.mark("sent");
                    sleep(ofSeconds(1));
                    loop.mark("not reached");
                  });
          sleep(ZERO);
          assertThat(rendezvous.receiver().poll()).isEqualTo(Optional.of(1));
          sender.cancel();
          assertThatThrownBy(sender::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("sent");
  }

  @Test
  void waitersCancelled_neitherSendNorReceive() {
    loop.run(
        () -> {
          Task<Void> first = sending(rendezvous.sender(), 1);
          Task<Void> second = sending(rendezvous.sender(), 2);
          sleep(ZERO);
          first.cancel();
          assertThat(rendezvous.receiver().receive()).isEqualTo(2);
          second.await();
          Task<Integer> third = receiving(rendezvous.receiver());
          Task<Integer> fourth = receiving(rendezvous.receiver());
          sleep(ZERO);
          third.cancel();
          rendezvous.sender().send(3);
          assertThat(fourth.await()).isEqualTo(3);
          assertThat(first.isCancelled() && third.isCancelled()).isTrue();
        });
  }

  @Test
  void negativeBuffer_isRefused() {
    assertThatThrownBy(() -> new Channel<>(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
