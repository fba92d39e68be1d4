package io.asyncio4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What finds the tasks of a loop in debug mode that swallow their cancellation. Used by the loop's
 * thread only.
 */
final class CancelWatch {
  /* A task that was cancelled may do what it likes to clean up, and clean-up may suspend. Two things
  no clean-up does: to come back to the very await in which the cancellation was delivered, and to end
  with a result. Neither counts once the request was taken back, as a timeout and a TaskGroup do. */

  /** Methods of this library that await again, at one place, by design. */
  private static final Set<String> AWAIT_AGAIN =
      Set.of(TaskGroup.class.getName(), CancelWatch.class.getPackageName() + ".Condition");

  private final EventLoop loop;
  private final Map<Task<?>, Delivery> delivered = new HashMap<>();

  private record Site(List<StackTraceElement> frames) {
    @Override
    public String toString() {
      return frames.isEmpty() ? "an unknown place" : frames.getFirst().toString();
    }
  }

  private record Delivery(Site site, boolean told) {}

  CancelWatch(EventLoop loop) {
    this.loop = loop;
  }

  /** Notes that a task, which is the caller, gets its cancellation now. */
  void delivers(Task<?> task) {
    Site site = site();
    if (site != null) {
      delivered.put(task, new Delivery(site, false));
    }
  }

  /** Looks whether a task, which is the caller and was cancelled, suspends as if it was not. */
  void suspends(Task<?> task) {
    Delivery before = delivered.get(task);
    if (before == null || before.told() || !before.site().equals(site())) {
      return;
    }
    delivered.put(task, new Delivery(before.site(), true));
    loop.report(
        task.describe()
            + " swallowed its cancellation: it is back at the await in which it was cancelled, at "
            + before.site()
            + "; let CancellationException pass, or call uncancel()",
        null);
  }

  void uncancelled(Task<?> task) {
    delivered.remove(task);
  }

  /** Looks at a task that has ended. */
  void ended(Task<?> task) {
    Delivery last = delivered.remove(task);
    if (task.state() == java.util.concurrent.Future.State.SUCCESS && task.cancelling() > 0) {
      loop.report(
          task.describe()
              + " swallowed its cancellation: it was cancelled"
              + (last == null ? "" : " at " + last.site())
              + " and ended with a result; let CancellationException pass, or call uncancel()",
          null);
    }
  }

  /** Returns where the caller awaits, or null where that is an await of ours that may be again. */
  private static @Nullable Site site() {
    StackTraceElement[] stack = Thread.currentThread().getStackTrace();
    List<StackTraceElement> users = TaskStacks.trim(stack);
    for (StackTraceElement frame : stack) {
      if (!users.isEmpty() && frame.equals(users.getFirst())) {
        break;
      }
      String type = frame.getClassName();
      int nested = type.indexOf('$');
      if (AWAIT_AGAIN.contains(nested < 0 ? type : type.substring(0, nested))) {
        return null;
      }
    }
    return new Site(users);
  }
}
