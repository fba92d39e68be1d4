package io.asyncio4j;

import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of context variables to values, in which code can be run.
 *
 * <p>A task starts with a copy of its creator's context, or with the one that it is given in {@link
 * TaskOptions}; callbacks ({@code callSoon}, {@code callLater}, done callbacks) run in a copy of
 * the context of whoever registered them; {@link Asyncio#toThread} and {@link EventLoop#submit}
 * carry the caller's. Copying costs nothing. A context may be used by one thread at a time.
 *
 * <p>Bindings of {@link ScopedValue} and thread-locals are not part of it: tasks do not see those
 * of their creator. {@link ContextHook} carries what a library keeps in thread-locals.
 *
 * <p>Counterpart of {@code contextvars.Context}.
 */
public final class Context {
  private static final ThreadLocal<@Nullable Context> OF_THREAD = new ThreadLocal<>();

  private final AtomicBoolean running = new AtomicBoolean();
  private Bindings bindings;

  Context(Bindings bindings) {
    this.bindings = bindings;
  }

  /**
   * Creates a context in which no variable has a value.
   *
   * <p>Counterpart of {@code contextvars.Context()}.
   *
   * @return a new context
   */
  public static Context empty() {
    return new Context(Bindings.EMPTY);
  }

  /**
   * Returns a copy of the current context: that of the calling task or callback, else of the
   * calling thread.
   *
   * <p>Counterpart of {@code contextvars.copy_context}.
   *
   * @return a new context with the same values
   */
  public static Context copyCurrent() {
    return new Context(bindingsHere());
  }

  /**
   * Returns a copy of this context.
   *
   * @return a new context with the same values
   */
  public Context copy() {
    return new Context(bindings);
  }

  /**
   * Runs a body in this context, in the calling task or thread. What it sets stays in this context.
   * It may suspend.
   *
   * <p>Counterpart of {@code Context.run}.
   *
   * @param body what to run
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws IllegalStateException if this context is being run in, or is that of the calling task
   */
  public <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> body)
      throws X {
    if (this == currentIfAny() || !running.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "the context is entered already; a context is run in once at a time, copy() it");
    }
    Task<?> task = Task.current();
    EventLoop loop = task != null ? null : EventLoop.ofCallback();
    Context before = install(task, loop, this);
    try {
      return body.call();
    } finally {
      install(task, loop, before);
      running.set(false);
    }
  }

  /**
   * Runs a body as {@link #run(ThrowingCallable)} does.
   *
   * @param body what to run
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public <X extends Exception> void run(ThrowingRunnable<X> body) throws X {
    this.<@Nullable Void, X>run(Asyncio.valued(body));
  }

  private static @Nullable Context install(
      @Nullable Task<?> task, @Nullable EventLoop loop, @Nullable Context context) {
    if (task != null) {
      return task.enterContext(context);
    }
    if (loop != null) {
      return loop.enterContext(context);
    }
    Context before = OF_THREAD.get();
    if (context == null) {
      OF_THREAD.remove();
    } else {
      OF_THREAD.set(context);
    }
    return before;
  }

  /** Returns the context of the caller, which is created if need be. */
  static Context current() {
    Context existing = currentIfAny();
    if (existing != null) {
      return existing;
    }
    Task<?> task = Task.current();
    if (task != null) {
      return task.context();
    }
    EventLoop loop = EventLoop.ofCallback();
    Context created = new Context(loop == null ? Bindings.EMPTY : loop.callbackBindings());
    Context none = install(null, loop, created);
    assert none == null;
    return created;
  }

  /** Returns the context of the caller, or null if it was not needed yet. */
  private static @Nullable Context currentIfAny() {
    Task<?> task = Task.current();
    if (task != null) {
      return task.currentContext();
    }
    EventLoop loop = EventLoop.ofCallback();
    return loop != null ? loop.callbackContext() : OF_THREAD.get();
  }

  /** Returns the values in the context of the caller. */
  static Bindings bindingsHere() {
    Task<?> task = Task.current();
    if (task != null) { // asking a thread-local here would give each task a map of them
      Context ofTask = task.currentContext();
      return ofTask == null ? Bindings.EMPTY : ofTask.bindings;
    }
    EventLoop loop = EventLoop.ofCallback();
    Context existing = loop == null ? OF_THREAD.get() : loop.callbackContext();
    if (existing != null) {
      return existing.bindings;
    }
    return loop == null ? Bindings.EMPTY : loop.callbackBindings();
  }

  Bindings bindings() {
    return bindings;
  }

  void bindings(Bindings changed) {
    bindings = changed;
  }

  /**
   * Tells whether a variable has a value in this context.
   *
   * @param variable the variable
   * @return whether it was set here or before the copy
   */
  public boolean contains(ContextVar<?> variable) {
    return bindings.contains(variable);
  }

  /**
   * Returns a variable's value in this context.
   *
   * <p>Counterpart of {@code context[variable]}.
   *
   * @param variable the variable
   * @return its value
   * @param <T> the type of the value
   * @throws NoSuchElementException if it has none here, whatever its initial value
   */
  public <T extends @Nullable Object> T get(ContextVar<T> variable) {
    if (!bindings.contains(variable)) {
      throw new NoSuchElementException(variable + " has no value in this context");
    }
    return variable.valueIn(bindings);
  }

  /**
   * Returns the variables that have a value in this context.
   *
   * @return a set that does not change; unmodifiable
   */
  public Set<ContextVar<?>> variables() {
    return bindings.variables();
  }

  @Override
  public String toString() {
    return "Context of " + bindings.variables().size() + " variables";
  }
}
