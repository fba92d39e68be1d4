package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The loops of this JVM that are not closed. It keeps none of them alive. */
final class LoopRegistry {
  static final String DEFAULT_NAME = "main";

  private static final Map<EventLoop, Boolean> OPEN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private LoopRegistry() {}

  /** Makes a loop and notes it; without a name it gets one that no open loop has. */
  static EventLoop open(@Nullable String name, Function<String, EventLoop> maker) {
    synchronized (OPEN) {
      EventLoop loop = maker.apply(name != null ? name : freeName());
      OPEN.put(loop, true);
      return loop;
    }
  }

  private static String freeName() {
    Set<String> taken = new HashSet<>();
    OPEN.keySet().forEach(loop -> taken.add(loop.name()));
    String name = DEFAULT_NAME;
    for (int number = 2; taken.contains(name); number++) {
      name = DEFAULT_NAME + "-" + number;
    }
    return name;
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
