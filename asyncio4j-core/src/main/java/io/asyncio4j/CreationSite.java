package io.asyncio4j;

import java.lang.StackWalker.StackFrame;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The line of the user's code that created a task. */
final class CreationSite {
  private static final StackWalker WALKER = StackWalker.getInstance();

  /** The classes through which a user's call to create a task may come. */
  private static final Set<String> OURS =
      Set.of(
          Asyncio.class.getName(),
          EventLoop.class.getName(),
          GatheringFuture.class.getName(),
          Invocations.class.getName(),
          AsCompleted.class.getName(),
          Runner.class.getName(),
          Server.class.getName(),
          StandardTaskFactory.class.getName(),
          Streams.class.getName(),
          Submissions.class.getName(),
          Submissions.class.getName() + "$Work",
          TaskGroup.class.getName(),
          Waiting.class.getName());

  /**
   * The site of each lambda. To walk the stack costs more than to start a task, and a lambda
   * expression has a class of its own, whose instances start where it stands.
   */
  private static final ClassValue<Site> LAMBDAS =
      new ClassValue<>() {
        @Override
        protected Site computeValue(Class<?> lambda) {
          return new Site(walk());
        }
      };

  private record Site(@Nullable StackFrame frame) {}

  private CreationSite() {}

  /** Returns the line that is about to start a coroutine, or null if it cannot be told. */
  static @Nullable StackFrame of(Object coroutine) {
    Objects.requireNonNull(coroutine, "coroutine"); // it is asked before anything else is done
    Class<?> type =
        coroutine instanceof VoidCallable(var body) ? body.getClass() : coroutine.getClass();
    return type.isHidden() ? LAMBDAS.get(type).frame() : walk();
  }

  /** Returns the innermost frame outside this library, or null if there is none. */
  static @Nullable StackFrame walk() {
    return WALKER.walk(
        frames -> frames.filter(frame -> isUsers(frame.getClassName())).findFirst().orElse(null));
  }

  private static boolean isUsers(String className) {
    return !OURS.contains(className)
        && !className.startsWith(CreationSite.class.getName())
        && !className.startsWith(ClassValue.class.getName());
  }
}
