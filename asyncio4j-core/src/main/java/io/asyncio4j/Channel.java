package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A way for items from senders to receivers that ends when one side is closed. It is for the tasks
 * of one loop, and not for threads.
 *
 * {@snippet :
 * Channel<Integer> channel = new Channel<>(10);
 * createTask(
 *     () -> {
 *       try (var sender = channel.sender()) {
 *         for (int i = 1; i <= 100; i++) {
 *           sender.send(i);
 *         }
 *       } // the only sender is closed: that is the end
 *     });
 * for (int item : channel.receiver()) {
 *   add(item);
 * }
 * }
 *
 * <p>A channel has one sender and one receiver at first. Each can be copied, so that every task has
 * an end of its own to close. When all senders are closed, the receivers get what is buffered and
 * then {@link EndOfChannelException}; when all receivers are closed, what is buffered is dropped
 * and the senders get {@link ChannelClosedException}. Nobody waits for one who has gone.
 *
 * <p><b>Fairness.</b> Items are received in the order in which they were sent. Tasks that wait are
 * served in the order in which they began to; an item is handed to the first receiver that waits,
 * and nobody overtakes.
 *
 * <p>asyncio has no counterpart; it is the memory object stream of AnyIO and the memory channel of
 * Trio. A {@link Queue} is shut down by whoever has it, counts what is done, and does not notice
 * that nobody gets any more.
 *
 * @param <T> the type of the items
 */
public final class Channel<T> {
  /** What a task waits with: a sender its item, a receiver the place for one. */
  private static final class Wait<T> {
    private final Object end;
    private @Nullable T item;
    private @Nullable String inVain;

    Wait(Object end, @Nullable T item) {
      this.end = end;
      this.item = item;
    }
  }

  private final int maxBuffer;
  private final ArrayDeque<T> buffer = new ArrayDeque<>();
  private final WaitLine senders = line("to send");
  private final WaitLine receivers = line("to receive");
  private final Sender<T> firstSender;
  private final Receiver<T> firstReceiver;
  private @Nullable String name;
  private int openSenders;
  private int openReceivers;

  /**
   * Creates a channel.
   *
   * @param maxBuffer how many items it holds that nobody has received yet; with 0 each send waits
   *     until a receiver takes the item
   * @throws IllegalArgumentException if {@code maxBuffer} is negative
   */
  public Channel(int maxBuffer) {
    if (maxBuffer < 0) {
      throw new IllegalArgumentException("maxBuffer is " + maxBuffer + "; it must be at least 0");
    }
    this.maxBuffer = maxBuffer;
    firstSender = new Sender<>(this);
    firstReceiver = new Receiver<>(this);
  }

  /**
   * The state of a channel at one moment.
   *
   * @param currentBufferUsed how many items it holds
   * @param maxBufferSize how many it can hold
   * @param openSenders how many senders are not closed
   * @param openReceivers how many receivers are not closed
   * @param tasksWaitingSend how many tasks wait to send
   * @param tasksWaitingReceive how many tasks wait to receive
   */
  public record Statistics(
      int currentBufferUsed,
      int maxBufferSize,
      int openSenders,
      int openReceivers,
      int tasksWaitingSend,
      int tasksWaitingReceive) {}

  private WaitLine line(String purpose) {
    return new WaitLine() {
      @Override
      public String describe() {
        return Channel.this + ", " + purpose;
      }
    };
  }

  /**
   * Gives this channel a name for reports.
   *
   * @param newName the name
   * @return this channel
   */
  public Channel<T> named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Returns the sender that this channel was created with.
   *
   * @return the same at each call
   */
  public Sender<T> sender() {
    return firstSender;
  }

  /**
   * Returns the receiver that this channel was created with.
   *
   * @return the same at each call
   */
  public Receiver<T> receiver() {
    return firstReceiver;
  }

  /**
   * Returns the state of this channel.
   *
   * @return what it holds, and who waits
   */
  public Statistics statistics() {
    return new Statistics(
        buffer.size(),
        maxBuffer,
        openSenders,
        openReceivers,
        senders.waiting(),
        receivers.waiting());
  }

  @Override
  public String toString() {
    return WaitLine.label("Channel", name)
        + " ("
        + buffer.size()
        + " of "
        + maxBuffer
        + " items, "
        + openSenders
        + " senders, "
        + openReceivers
        + " receivers)";
  }

  // ---- what the ends do

  /** Hands an item to a receiver or puts it into the buffer; returns false if there is no room. */
  private boolean deliver(T item) {
    Turn receiver = receivers.firstWaiting();
    if (receiver != null) {
      waitOf(receiver).item = item;
      receiver.come();
      return true;
    }
    return buffer.size() < maxBuffer && buffer.offer(item);
  }

  /**
   * Takes the item that was sent first, and lets the sender that waits first go on with its own.
   */
  private @Nullable T take() {
    T item = buffer.poll();
    Turn sender = senders.firstWaiting();
    if (sender == null) {
      return item;
    }
    T waiting = Objects.requireNonNull(waitOf(sender).item);
    sender.come();
    if (item == null) {
      return waiting;
    }
    buffer.add(waiting);
    return item;
  }

  @SuppressWarnings("unchecked") // all that wait in the lines of this channel wait with a Wait<T>
  private Wait<T> waitOf(Turn turn) {
    return (Wait<T>) Objects.requireNonNull(turn.parcel);
  }

  /**
   * Suspends the calling task in a line until it was served. A cancellation that comes after that
   * is put off to the next suspension, since the item has changed hands.
   */
  private void awaitServed(WaitLine line, Wait<T> wait, String operation) {
    Turn turn = line.join(operation);
    turn.parcel = wait;
    try {
      turn.await();
    } catch (CancellationException e) {
      if (!turn.hasCome() || wait.inVain != null) {
        throw e;
      }
      Task.requireCurrent(operation).putOffCancellation();
    } finally {
      line.leave(turn);
    }
  }

  /** Ends the waits in a line, all or those of one end, with what each is to throw. */
  private void endWaits(WaitLine line, @Nullable Object end, String reason) {
    line.forEachWaiting(
        turn -> {
          Wait<T> wait = waitOf(turn);
          if (end == null || wait.end == end) {
            wait.inVain = reason;
            turn.come();
          }
        });
  }

  private void checkThread(String operation) {
    senders.checkThread(operation);
    receivers.checkThread(operation);
  }

  private String label() {
    return WaitLine.label("Channel", name);
  }

  private String noReceivers() {
    return "all receivers of " + label() + " are closed; nobody would get the item";
  }

  private String ended() {
    return "all senders of " + label() + " are closed, and every item was received";
  }

  /**
   * An end of a {@link Channel} that puts items in.
   *
   * @param <T> the type of the items
   */
  public static final class Sender<T> implements AutoCloseable {
    private final Channel<T> channel;
    private boolean closed;

    private Sender(Channel<T> channel) {
      this.channel = channel;
      channel.openSenders++;
    }

    /**
     * Suspends the calling task until a receiver takes the item or there is room for it. Returns at
     * once if a receiver waits or there is room.
     *
     * <p><b>Cancellation.</b> A task that is cancelled while it waits has sent nothing. If the item
     * was taken in the same turn of the loop, this method returns, and the task is cancelled at its
     * next suspension.
     *
     * @param item the item
     * @throws ChannelClosedException if this sender or all receivers are closed, before or while it
     *     waits
     * @throws CancellationException if the task was cancelled while it waited
     * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
     *     another loop than those that have waited before
     */
    public void send(T item) {
      if (!offer(item)) {
        Wait<T> wait = new Wait<>(this, item);
        channel.awaitServed(channel.senders, wait, "Sender.send");
        if (wait.inVain != null) {
          throw new ChannelClosedException(wait.inVain);
        }
      }
    }

    /**
     * Sends an item if a receiver waits or there is room. Does not suspend.
     *
     * @param item the item
     * @return whether it was sent
     * @throws ChannelClosedException if this sender or all receivers are closed
     * @throws WrongThreadException if tasks of a loop have waited for this channel and the caller
     *     is not on that loop's thread
     */
    public boolean offer(T item) {
      Objects.requireNonNull(item, "item");
      channel.checkThread("Sender.send");
      checkOpen();
      if (channel.openReceivers == 0) {
        throw new ChannelClosedException(channel.noReceivers());
      }
      return channel.deliver(item);
    }

    /**
     * Returns another sender of this channel, to be closed for itself.
     *
     * @return a new sender
     * @throws ChannelClosedException if this sender is closed
     */
    public Sender<T> copy() {
      checkOpen();
      return new Sender<>(channel);
    }

    private void checkOpen() {
      if (closed) {
        throw new ChannelClosedException(closedMessage());
      }
    }

    private String closedMessage() {
      return "this sender of " + channel.label() + " is closed; use copy() before, for each task";
    }

    /**
     * Closes this sender. Does not suspend. Tasks that wait to send by it get {@link
     * ChannelClosedException}. If it was the last, tasks that wait to receive get {@link
     * EndOfChannelException}. Closing twice has no effect.
     *
     * @throws WrongThreadException if tasks of a loop have waited for this channel and the caller
     *     is not on that loop's thread
     */
    @Override
    public void close() {
      if (closed) {
        return;
      }
      channel.checkThread("Sender.close");
      closed = true;
      channel.endWaits(channel.senders, this, closedMessage());
      channel.openSenders--;
      if (channel.openSenders == 0) {
        channel.endWaits(channel.receivers, null, channel.ended());
      }
    }
  }

  /**
   * An end of a {@link Channel} that takes items out.
   *
   * @param <T> the type of the items
   */
  public static final class Receiver<T> implements AutoCloseable, Iterable<T> {
    private final Channel<T> channel;
    private boolean closed;

    private Receiver(Channel<T> channel) {
      this.channel = channel;
      channel.openReceivers++;
    }

    /**
     * Suspends the calling task until there is an item, and takes it. Returns at once if there is
     * one.
     *
     * <p><b>Cancellation.</b> A task that is cancelled while it waits has received nothing. If it
     * was handed an item in the same turn of the loop, this method returns it, and the task is
     * cancelled at its next suspension.
     *
     * @return the item that was sent first
     * @throws EndOfChannelException if all senders are closed and every item was received, before
     *     or while it waits
     * @throws ChannelClosedException if this receiver is closed, before or while it waits
     * @throws CancellationException if the task was cancelled while it waited
     * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
     *     another loop than those that have waited before
     */
    public T receive() {
      T item = takeNow();
      if (item != null) {
        return item;
      }
      Wait<T> wait = new Wait<>(this, null);
      channel.awaitServed(channel.receivers, wait, "Receiver.receive");
      String inVain = wait.inVain;
      if (inVain != null) {
        throw closed ? new ChannelClosedException(inVain) : new EndOfChannelException(inVain);
      }
      return Objects.requireNonNull(wait.item);
    }

    /**
     * Takes an item if there is one. Does not suspend.
     *
     * @return the item that was sent first, or empty if there is none now
     * @throws EndOfChannelException if all senders are closed and every item was received
     * @throws ChannelClosedException if this receiver is closed
     * @throws WrongThreadException if tasks of a loop have waited for this channel and the caller
     *     is not on that loop's thread
     */
    public Optional<T> poll() {
      return Optional.ofNullable(takeNow());
    }

    private @Nullable T takeNow() {
      channel.checkThread("Receiver.receive");
      checkOpen();
      T item = channel.take();
      if (item == null && channel.openSenders == 0) {
        throw new EndOfChannelException(channel.ended());
      }
      return item;
    }

    /**
     * Returns an iterator that receives the items, and ends when all senders are closed and every
     * item was received. Its {@code hasNext} suspends the calling task as {@link #receive()} does,
     * takes the item and keeps it for {@code next}.
     *
     * @return an iterator for one task
     */
    @Override
    public Iterator<T> iterator() {
      return new Iterator<>() {
        private @Nullable T taken;

        @Override
        public boolean hasNext() {
          if (taken == null) {
            try {
              taken = receive();
            } catch (EndOfChannelException e) {
              return false;
            }
          }
          return true;
        }

        @Override
        public T next() {
          T item = hasNext() ? taken : null;
          if (item == null) {
            throw new NoSuchElementException(channel.ended());
          }
          taken = null;
          return item;
        }
      };
    }

    /**
     * Returns another receiver of this channel, to be closed for itself. Each item goes to one of
     * the receivers.
     *
     * @return a new receiver
     * @throws ChannelClosedException if this receiver is closed
     */
    public Receiver<T> copy() {
      checkOpen();
      return new Receiver<>(channel);
    }

    private void checkOpen() {
      if (closed) {
        throw new ChannelClosedException(closedMessage());
      }
    }

    private String closedMessage() {
      return "this receiver of " + channel.label() + " is closed; use copy() before, for each task";
    }

    /**
     * Closes this receiver. Does not suspend. Tasks that wait to receive by it get {@link
     * ChannelClosedException}. If it was the last, what is buffered is dropped, and tasks that wait
     * to send get {@link ChannelClosedException}. Closing twice has no effect.
     *
     * @throws WrongThreadException if tasks of a loop have waited for this channel and the caller
     *     is not on that loop's thread
     */
    @Override
    public void close() {
      if (closed) {
        return;
      }
      channel.checkThread("Receiver.close");
      closed = true;
      channel.endWaits(channel.receivers, this, closedMessage());
      channel.openReceivers--;
      if (channel.openReceivers == 0) {
        channel.buffer.clear();
        channel.endWaits(channel.senders, null, channel.noReceivers());
      }
    }
  }
}
