package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** The loops of this JVM that are not closed. It keeps none of them alive. */
final class LoopRegistry {
  private static final Map<EventLoop, Boolean> OPEN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private LoopRegistry() {}

  static void opened(EventLoop loop) {
    OPEN.put(loop, true);
  }

  static void closed(EventLoop loop) {
    OPEN.remove(loop);
  }

  /** Returns the loops, by name. */
  static List<EventLoop> open() {
    List<EventLoop> loops;
    synchronized (OPEN) {
      loops = new ArrayList<>(OPEN.keySet());
    }
    loops.sort(Comparator.comparing(EventLoop::name));
    return loops;
  }
}
