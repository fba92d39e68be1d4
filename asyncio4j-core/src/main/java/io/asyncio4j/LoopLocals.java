package io.asyncio4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that one loop has for its {@link LoopLocal}s. Of the loop's thread. */
final class LoopLocals {
  private final EventLoop loop;
  private final Map<LoopLocal<?>, Object> values = new LinkedHashMap<>();

  LoopLocals(EventLoop loop) {
    this.loop = loop;
  }

  <T> T get(LoopLocal<T> local) {
    @SuppressWarnings("unchecked") // put there below, for the same key
    T known = (T) values.get(local);
    if (known != null) {
      return known;
    }
    T made = local.make();
    values.put(local, made);
    return made;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Reports the values that nobody has closed, since their loop was closed by hand. */
  void reportUnclosed() {
    for (Object value : values.values()) {
      if (value instanceof AutoCloseable) {
        loop.report(
            "a loop's own "
                + value.getClass().getName()
                + " was not closed; a Runner, Asyncio.run or a LoopGroup would have closed it",
            null);
      }
    }
    values.clear();
  }

  /** Closes the values, the newest first. Called by a task. */
  void closeAll() {
    List<Object> newestFirst = new ArrayList<>(values.values()).reversed();
    values.clear();
    for (Object value : newestFirst) {
      if (value instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Exception e) {
          loop.report("a loop's own " + value.getClass().getName() + " failed to close", e);
        }
      }
    }
  }
}
