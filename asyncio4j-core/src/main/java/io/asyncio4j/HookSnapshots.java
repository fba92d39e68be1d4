package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What all context hooks of a loop captured on one thread at one moment. */
final class HookSnapshots {
  private final EventLoop loop;
  private final List<ContextHook.Snapshot> snapshots = new ArrayList<>();

  private HookSnapshots(EventLoop loop) {
    this.loop = loop;
    for (ContextHook hook : loop.contextHooks()) {
      snapshots.add(hook.capture());
    }
  }

  /** Captures on the calling thread; returns null if the loop has no hooks. */
  static @Nullable HookSnapshots capture(EventLoop loop) {
    return loop.contextHooks().isEmpty() ? null : new HookSnapshots(loop);
  }

  /** Returns a body that restores what was captured around another one. */
  static <T extends @Nullable Object> Callable<? extends T> around(
      @Nullable HookSnapshots captured, Callable<? extends T> body) {
    return captured == null || body instanceof Future<?> ? body : () -> captured.call(body);
  }

  private <T extends @Nullable Object> T call(Callable<? extends T> body) throws Exception {
    Deque<ContextHook.Restored> restored = new ArrayDeque<>(snapshots.size());
    try {
      for (ContextHook.Snapshot snapshot : snapshots) {
        restored.push(snapshot.restore());
      }
      return body.call();
    } finally {
      restored.forEach(this::close);
    }
  }

  private void close(ContextHook.Restored restored) {
    try {
      restored.close();
    } catch (RuntimeException | Error e) {
      loop.report("a context hook failed to take back what it had restored", e);
    }
  }
}
