package io.asyncio4j;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stacks of tasks as their authors know them: without the frames of this library. */
final class TaskStacks {
  /* On the loop's thread the stack of any task can be taken. The JDK submits a thread again that was
  ready when it was looked at, which changes nothing there: the thread is queued already. From
  another thread only a task that is running may be looked at. */

  private static final String PACKAGE = TaskStacks.class.getPackageName() + ".";
  private static final @Nullable CodeSource OWN_CODE =
      TaskStacks.class.getProtectionDomain().getCodeSource();
  private static final Map<String, Boolean> OURS = new ConcurrentHashMap<>();

  private TaskStacks() {}

  /**
   * Returns the frames of a task, the innermost first; none if it has not begun or is done. On the
   * loop's thread.
   */
  static List<StackTraceElement> of(Task<?> task) {
    TaskThread carrier = task.carrier();
    Thread thread = carrier == null ? null : carrier.carrier();
    return thread == null ? List.of() : trim(thread.getStackTrace());
  }

  /**
   * Returns the user's frames, and of the JDK's the one that the innermost of them called, where it
   * is the JDK that this thread is in.
   */
  static List<StackTraceElement> trim(StackTraceElement[] stack) {
    List<StackTraceElement> kept = new ArrayList<>();
    StackTraceElement called = null;
    for (StackTraceElement frame : stack) {
      if (isOurs(frame.getClassName())) {
        if (kept.isEmpty()) {
          called = null;
        }
      } else if (isJdks(frame)) {
        called = frame;
      } else {
        if (kept.isEmpty() && called != null) {
          kept.add(called);
        }
        kept.add(frame);
      }
    }
    return List.copyOf(kept);
  }

  private static boolean isJdks(StackTraceElement frame) {
    String module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  /** Tells whether a class is of this module, and not merely of a package of the same name. */
  private static boolean isOurs(String className) {
    if (!className.startsWith(PACKAGE) || className.indexOf('.', PACKAGE.length()) >= 0) {
      return false;
    }
    return OURS.computeIfAbsent(className, TaskStacks::hasOwnCode);
  }

  private static boolean hasOwnCode(String className) {
    try {
      CodeSource source =
          Class.forName(className, false, TaskStacks.class.getClassLoader())
              .getProtectionDomain()
              .getCodeSource();
      return OWN_CODE == null
          ? source == null
          : source != null && OWN_CODE.getLocation().equals(source.getLocation());
    } catch (ClassNotFoundException e) {
      return false; // of the same package in another class loader
    }
  }
}
