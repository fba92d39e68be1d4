package io.asyncio4j;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The selector of one loop, which tells it when channels are ready.
 *
 * <p>The loop's own thread drives it where the loop has no other I/O. Otherwise, and in portable
 * mode, a thread of its own does, and hands the events over. It can change from the first to the
 * second.
 */
final class IoSelector {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final EventLoop loop;
  private final Selector selector;
  private final Set<SocketTransport> transports = new HashSet<>();
  private final Set<Listener> listeners = new HashSet<>();

  /** What connected to a listener of this loop and was not accepted yet, by its own address. */
  private final Map<SocketAddress, SocketTransport> unaccepted = new HashMap<>();

  // Written on the loop's thread.
  private volatile @Nullable Thread driver;
  private volatile boolean closed;

  private IoSelector(EventLoop loop) throws IOException {
    this.loop = loop;
    this.selector = Selector.open();
  }

  /** Opens the selector of a loop, and finds out who drives it. On the loop's thread. */
  static IoSelector open(EventLoop loop) throws IOException {
    IoSelector opened = new IoSelector(loop);
    if (loop.hasParkBackend() && CarrierMode.get() instanceof FullMode) {
      loop.backend(SelectorBackend.class, () -> new SelectorBackend(opened));
    } else {
      opened.startDriver();
    }
    return opened;
  }

  /** Makes a channel non-blocking and returns its readiness. */
  Readiness register(SelectableChannel channel) throws IOException {
    channel.configureBlocking(false);
    Readiness readiness = new Readiness(this);
    readiness.key = channel.register(selector, 0, readiness);
    return readiness;
  }

  /** Has the driver see what changed: an interest, or a channel that was closed. */
  void changed() {
    if (driver != null) {
      selector.wakeup();
    }
  }

  Set<SocketTransport> transports() {
    return transports;
  }

  Set<Listener> listeners() {
    return listeners;
  }

  /** Notes that a transport has connected: if to a listener of this loop, that is to accept it. */
  void connected(SocketTransport transport) {
    SocketAddress local = transport.localAddress();
    SocketAddress remote = transport.remoteAddress();
    if (local != null
        && remote != null
        && listeners.stream().anyMatch(listener -> listener.isAt(remote))) {
      unaccepted.put(local, transport);
    }
  }

  /** Has an accepted transport and the one that connected to it, if it is of this loop, meet. */
  void accepted(SocketTransport transport) {
    SocketTransport other = unaccepted.remove(transport.remoteAddress());
    if (other != null) {
      transport.pairWith(other);
    }
  }

  boolean isUnaccepted(SocketTransport transport) {
    return unaccepted.get(transport.localAddress()) == transport;
  }

  void remove(SocketTransport transport) {
    transports.remove(transport);
    if (isUnaccepted(transport)) {
      unaccepted.remove(transport.localAddress());
    }
  }

  boolean isListening() {
    return !listeners.isEmpty();
  }

  /** Tells whether the network is due to wake a task; see {@link SocketTransport#isEventDue}. */
  boolean hasEventsDue() {
    return transports.stream().anyMatch(SocketTransport::isEventDue);
  }

  // ---- what drives it

  void startDriver() {
    Thread thread =
        Thread.ofPlatform().name("asyncio4j-" + loop.name() + "-io").daemon().unstarted(this::run);
    driver = thread;
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select();
        List<Runnable> events = takeEvents();
        if (!events.isEmpty()
            && !loop.enqueueFromOutside(new Handle(loop, () -> events.forEach(Runnable::run)))) {
          return; // the loop was closed: nobody waits for events any more
        }
      }
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        loop.report("the I/O thread of loop " + loop.name() + " ended; no stream goes on", e);
      }
    }
  }

  /** Waits for events, at most so long, and has what waits for them go on. On the loop's thread. */
  void select(long nanos) {
    try {
      if (nanos <= 0) {
        selector.selectNow();
      } else if (nanos == Long.MAX_VALUE) {
        selector.select();
      } else {
        // Rounded up, as asyncio does: to wake before a timer is due would only be to wake twice.
        selector.select((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
      }
    } catch (IOException e) {
      loop.report("loop " + loop.name() + " could not wait for I/O", e);
      return;
    }
    Set<SelectionKey> keys = selector.selectedKeys();
    for (SelectionKey key : keys) {
      try {
        ((Readiness) key.attachment()).ready(key);
      } catch (CancelledKeyException _) {
        // its channel was closed meanwhile, and nobody waits for it any more
      }
    }
    keys.clear();
  }

  /** Queues a callback of a channel that is ready. On the loop's thread. */
  void enqueue(Runnable callback) {
    loop.enqueueCallback(callback);
  }

  void wakeup() {
    selector.wakeup();
  }

  /** Returns what is to be run on the loop's thread, and looks for none of it until asked again. */
  private List<Runnable> takeEvents() {
    Set<SelectionKey> keys = selector.selectedKeys();
    if (keys.isEmpty()) {
      return List.of();
    }
    List<Runnable> events = new ArrayList<>(keys.size());
    for (SelectionKey key : keys) {
      try {
        int ready = key.readyOps();
        key.interestOpsAnd(~ready); // an interest is for once
        Readiness readiness = (Readiness) key.attachment();
        events.add(() -> readiness.fire(ready));
      } catch (CancelledKeyException _) {
        // its channel was closed meanwhile, and nobody waits for it any more
      }
    }
    keys.clear();
    return events;
  }

  /** Ends the driver and frees what is registered. On the thread that closes the loop. */
  void close() {
    closed = true;
    try {
      Thread thread = driver;
      if (thread != null) {
        selector.wakeup();
        joinUninterruptibly(thread);
      }
      selector.close();
    } catch (IOException e) {
      loop.report("the selector of loop " + loop.name() + " could not be closed", e);
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
