package io.asyncio4j;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a task is created with. Immutable: each {@code with} method returns other options.
 *
 * <p>Counterpart of the keyword arguments of {@code asyncio.create_task}.
 */
public final class TaskOptions {
  private static final TaskOptions DEFAULTS = new TaskOptions(null, null, null, null);

  private final @Nullable String name;
  private final @Nullable Context context;
  private final @Nullable Boolean eager;
  private final @Nullable Object createdAt;

  private TaskOptions(
      @Nullable String name,
      @Nullable Context context,
      @Nullable Boolean eager,
      @Nullable Object createdAt) {
    this.name = name;
    this.context = context;
    this.eager = eager;
    this.createdAt = createdAt;
  }

  /**
   * Returns the options of {@link Asyncio#createTask(java.util.concurrent.Callable)}: a numbered
   * name, a copy of the creator's context, and as eager as the loop's task factory makes it.
   *
   * @return the defaults
   */
  public static TaskOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the defaults with a name.
   *
   * @param name the task's name, which its thread bears too
   * @return new options
   */
  public static TaskOptions named(String name) {
    return DEFAULTS.withName(name);
  }

  /**
   * Returns the defaults for a task that begins at once, as {@link #withEager} says.
   *
   * @return new options
   */
  public static TaskOptions eager() {
    return DEFAULTS.withEager(true);
  }

  /**
   * Returns the task's name.
   *
   * @return the name, or empty for a numbered one
   */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /**
   * Returns these options with another name.
   *
   * @param newName the task's name, which its thread bears too
   * @return new options
   */
  public TaskOptions withName(String newName) {
    return new TaskOptions(Objects.requireNonNull(newName, "newName"), context, eager, createdAt);
  }

  /**
   * Returns the context that the task runs in.
   *
   * @return the context, or empty for a copy of the creator's
   */
  public Optional<Context> context() {
    return Optional.ofNullable(context);
  }

  /**
   * Returns these options with a context, in which the task then runs: it is not copied.
   *
   * @param newContext the context
   * @return new options
   */
  public TaskOptions withContext(Context newContext) {
    return new TaskOptions(
        name, Objects.requireNonNull(newContext, "newContext"), eager, createdAt);
  }

  /**
   * Tells whether the task begins at once.
   *
   * @return whether it is eager, or empty if the loop's task factory decides
   */
  public Optional<Boolean> isEager() {
    return Optional.ofNullable(eager);
  }

  /**
   * Returns these options for a task that begins at once or not. An eager task runs in its
   * creator's place up to its first suspension, before the call that creates it returns; nothing
   * else of the loop runs meanwhile. If it ends there, it is done when it is returned. While the
   * loop does not run, an eager task begins like any other.
   *
   * <p>Beware: what an eager task does comes before the rest of its creator's step, not after it. A
   * wait in a blocking call of another library counts as its first suspension. The creator is
   * suspended meanwhile, though it cannot tell; so an eager task must not be created where a task
   * cannot be suspended, such as in a class initialiser.
   *
   * <p>Counterpart of {@code eager_start}.
   *
   * @param newEager whether to begin at once
   * @return new options
   */
  public TaskOptions withEager(boolean newEager) {
    return new TaskOptions(name, context, newEager, createdAt);
  }

  /** Returns these options with the line that creates the task. */
  TaskOptions withCreatedAt(@Nullable Object site) {
    return new TaskOptions(name, context, eager, site);
  }

  @Nullable Object createdAt() {
    return createdAt;
  }

  @Override
  public String toString() {
    return "TaskOptions(name="
        + (name == null ? "numbered" : name)
        + ", context="
        + (context == null ? "a copy" : context)
        + ", eager="
        + (eager == null ? "as the factory has it" : eager)
        + ")";
  }
}
