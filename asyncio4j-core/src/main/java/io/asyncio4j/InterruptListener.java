package io.asyncio4j;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * What hears of each interrupt of a loop's thread, also of one that comes while a task is mounted
 * there.
 */
final class InterruptListener {
  /* The JDK clears the interrupt flag of a carrier when it mounts a virtual thread and when it unmounts
  one, so a loop that looks at the flag loses what came in between. What is not lost is the call by
  which Thread.interrupt() closes the channel on which a thread says that it is blocked; a channel that
  does no I/O makes it a listener. It closes once, so each interrupt is heard once. */

  private final Runnable listener;
  private Call call;

  /**
   * Creates a listener that is not armed.
   *
   * @param listener is called by the interrupting thread; must not block
   */
  InterruptListener(Runnable listener) {
    this.listener = listener;
    this.call = new Call();
  }

  /**
   * Listens to interrupts of the calling thread from now on, and hears one that its flag tells of,
   * which is cleared.
   */
  void arm() {
    call.listen(); // hears it if the flag is set
    listenOn();
  }

  /**
   * Goes on listening after a wait, and clears the flag, which says nothing that was not heard.
   *
   * @param selectorUsed whether the wait may have taken the listener's place, as a selector of
   *     {@code java.nio} does
   */
  void rearm(boolean selectorUsed) {
    if (selectorUsed && call.isOpen()) {
      call.listen();
    }
    listenOn();
  }

  /** Clears the flag and, if an interrupt was heard, listens for the next. */
  private void listenOn() {
    Thread.interrupted();
    if (!call.isOpen()) {
      call = new Call();
      call.listen();
    }
  }

  /** Listens no longer. By the thread that armed it. */
  void disarm() {
    call.stopListening();
  }

  private final class Call extends AbstractInterruptibleChannel {
    void listen() {
      begin(); // closes this channel if the thread's flag is set
    }

    void stopListening() {
      try {
        end(true);
      } catch (AsynchronousCloseException heard) {
        // It says that the channel was closed by an interrupt, which the listener was told.
      }
    }

    @Override
    protected void implCloseChannel() {
      listener.run();
    }
  }
}
