package io.asyncio4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a loop holds of the world outside: its selector, open connections and servers, running
 * processes.
 */
final class LoopResources {
  private final EventLoop loop;

  /** What is open, and in debug mode where it was opened. */
  private final Map<LoopResource, @Nullable CreationStack> open = new LinkedHashMap<>();

  private @Nullable IoSelector selector;
  private int eventsDue;

  LoopResources(EventLoop loop) {
    this.loop = loop;
  }

  /** Returns the loop's selector, opened at the first call. On the loop's thread. */
  IoSelector selector() {
    IoSelector present = selector;
    if (present == null) {
      try {
        present = IoSelector.open(loop);
      } catch (IOException e) {
        throw new UncheckedIOException("loop " + loop.name() + " cannot open a selector", e);
      }
      selector = present;
    }
    return present;
  }

  void add(LoopResource resource) {
    open.put(resource, loop.debug() ? new CreationStack() : null);
  }

  void remove(LoopResource resource) {
    open.remove(resource);
  }

  /** Notes that something from outside is due to wake the loop, or, with -1, that it has come. */
  void eventsDue(int change) {
    eventsDue += change;
  }

  boolean hasEventsDue() {
    return eventsDue > 0 || (selector != null && selector.hasEventsDue());
  }

  /** Tells whether the network or a process can wake a task, be it that nothing is due. */
  boolean mayBeWokenFromOutside() {
    return hasEventsDue() || (selector != null && selector.isListening());
  }

  /** Releases all. Called once, by the thread that closes the loop. */
  void close() {
    Map<LoopResource, @Nullable CreationStack> left = new LinkedHashMap<>(open);
    open.clear();
    left.forEach(
        (resource, openedAt) -> {
          String leftOpen = resource.releaseAtLoopClose();
          if (leftOpen != null && loop.debug()) {
            loop.report(
                leftOpen
                    + " was not closed before its loop was; close it"
                    + (openedAt == null ? "" : "; opened at " + openedAt),
                null);
          }
        });
    if (selector != null) {
      selector.close();
    }
  }
}
