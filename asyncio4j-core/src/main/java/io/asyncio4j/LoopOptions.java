package io.asyncio4j;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a loop is created with. Immutable: each {@code with} method returns other options.
 *
 * <p>Counterpart of the arguments of {@code asyncio.Runner}.
 */
public final class LoopOptions {
  private static final String DEBUG_PROPERTY = "asyncio4j.debug";
  private static final String FULL_MODE_PROPERTY = "asyncio4j.requireFullMode";
  private static final LoopOptions DEFAULTS = new LoopOptions();

  /** Null as long as the program gives none. */
  private final @Nullable String name;

  private final LoopClock clock;
  private final boolean debug;
  private final OptionalLong shuffleSeed;
  private final boolean fullModeRequired;
  private final boolean ctrlC;
  private final List<ContextHook> contextHooks;
  private final @Nullable Consumer<LoopErrorContext> exceptionHandler;
  private final @Nullable DeadlockHandler deadlockHandler;

  /** What {@link EventLoop#onDeadlock} takes. */
  record DeadlockHandler(Duration cushion, Consumer<DeadlockReport> handler) {}

  private LoopOptions() {
    name = null;
    clock = LoopClock.system();
    debug = isSet(DEBUG_PROPERTY);
    shuffleSeed = OptionalLong.empty();
    fullModeRequired = isSet(FULL_MODE_PROPERTY);
    ctrlC = false;
    contextHooks = List.of();
    exceptionHandler = null;
    deadlockHandler = null;
  }

  private LoopOptions(Changes changed) {
    name = changed.name;
    clock = changed.clock;
    debug = changed.debug;
    shuffleSeed = changed.shuffleSeed;
    fullModeRequired = changed.fullModeRequired;
    ctrlC = changed.ctrlC;
    contextHooks = changed.contextHooks;
    exceptionHandler = changed.exceptionHandler;
    deadlockHandler = changed.deadlockHandler;
  }

  private static boolean isSet(String property) {
    String value = System.getProperty(property);
    return value != null && !value.equals("false");
  }

  /** The options on their way to others. */
  private static final class Changes {
    @Nullable String name;
    LoopClock clock;
    boolean debug;
    OptionalLong shuffleSeed;
    boolean fullModeRequired;
    boolean ctrlC;
    List<ContextHook> contextHooks;
    @Nullable Consumer<LoopErrorContext> exceptionHandler;
    @Nullable DeadlockHandler deadlockHandler;

    Changes(LoopOptions from) {
      name = from.name;
      clock = from.clock;
      debug = from.debug;
      shuffleSeed = from.shuffleSeed;
      fullModeRequired = from.fullModeRequired;
      ctrlC = from.ctrlC;
      contextHooks = from.contextHooks;
      exceptionHandler = from.exceptionHandler;
      deadlockHandler = from.deadlockHandler;
    }
  }

  /**
   * Returns the options of {@link Asyncio#run}: the name {@code main} ({@code main-2} and so on for
   * a loop that is created while another of that name is open), the system's clock, debug mode if
   * the JVM was started with {@code -Dasyncio4j.debug}, no shuffle, full mode required if it was
   * started with {@code -Dasyncio4j.requireFullMode}.
   *
   * @return the defaults
   */
  public static LoopOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the loop's name in messages.
   *
   * @return the name
   */
  public String name() {
    return name != null ? name : LoopRegistry.DEFAULT_NAME;
  }

  /** Returns the name that the program gave, or null. */
  @Nullable String givenName() {
    return name;
  }

  /**
   * Returns these options with another name.
   *
   * @param newName the name
   * @return new options
   */
  public LoopOptions withName(String newName) {
    Changes changes = new Changes(this);
    changes.name = Objects.requireNonNull(newName, "newName");
    return new LoopOptions(changes);
  }

  /**
   * Returns the time that the loop lives by.
   *
   * @return the clock
   */
  public LoopClock clock() {
    return clock;
  }

  /**
   * Returns these options with another clock.
   *
   * @param newClock the clock
   * @return new options
   */
  public LoopOptions withClock(LoopClock newClock) {
    Changes changes = new Changes(this);
    changes.clock = Objects.requireNonNull(newClock, "newClock");
    return new LoopOptions(changes);
  }

  /**
   * Tells whether the loop begins in debug mode.
   *
   * @return whether {@link EventLoop#debug()} is on at first
   */
  public boolean debug() {
    return debug;
  }

  /**
   * Returns these options with debug mode on or off.
   *
   * @param on whether the loop begins in debug mode
   * @return new options
   */
  public LoopOptions withDebug(boolean on) {
    Changes changes = new Changes(this);
    changes.debug = on;
    return new LoopOptions(changes);
  }

  /**
   * Returns the seed by which the order of ready tasks is shuffled.
   *
   * @return the seed, or empty for the order of asyncio
   */
  public OptionalLong shuffleSeed() {
    return shuffleSeed;
  }

  /**
   * Returns these options with the order of ready tasks shuffled: in each turn of the loop the
   * tasks that can go on do so in an order drawn from the seed, while callbacks keep their places.
   * The same seed gives the same order to the same program. For tests that hunt races.
   *
   * @param seed where the order starts
   * @return new options
   */
  public LoopOptions withShuffle(long seed) {
    Changes changes = new Changes(this);
    changes.shuffleSeed = OptionalLong.of(seed);
    return new LoopOptions(changes);
  }

  /**
   * Tells whether the loop refuses to be created where only the portable mode can be had.
   *
   * @return whether full mode is required
   */
  public boolean fullModeRequired() {
    return fullModeRequired;
  }

  /**
   * Returns these options with full mode required or not. Where it is required, and the JVM was
   * started without the flag that it needs, creating the loop fails.
   *
   * @param required whether full mode is required
   * @return new options
   */
  public LoopOptions withFullModeRequired(boolean required) {
    Changes changes = new Changes(this);
    changes.fullModeRequired = required;
    return new LoopOptions(changes);
  }

  /**
   * Tells whether a {@link Runner} handles Ctrl-C.
   *
   * @return whether it does
   */
  public boolean ctrlC() {
    return ctrlC;
  }

  /**
   * Returns these options with Ctrl-C (the signal {@code INT}) handled during {@link Runner#run},
   * or not. For the main program, which the process belongs to; a library leaves signals alone.
   *
   * <p>The first Ctrl-C cancels the main task, so that it can clean up; unless it goes on, the run
   * ends with a {@link KeyboardInterruptException}. The second ends the run with that exception
   * after the loop's current turn, and interrupts the task that holds the loop's thread; what is
   * left is cancelled by {@link Runner#close}. The third, or one that comes between two runs or
   * during the close, ends the process as usual. A handler for {@code INT} that the program has
   * set, or that it is ignored, is left as it is.
   *
   * @param handled whether to handle it; {@code false} by default
   * @return new options
   */
  public LoopOptions withCtrlC(boolean handled) {
    Changes changes = new Changes(this);
    changes.ctrlC = handled;
    return new LoopOptions(changes);
  }

  /**
   * Returns what carries thread-locals into tasks.
   *
   * @return the hooks in the order in which they restore; unmodifiable
   */
  public List<ContextHook> contextHooks() {
    return contextHooks;
  }

  /**
   * Returns these options with one more hook that carries thread-locals from the creator of a task
   * to the task.
   *
   * @param hook the hook
   * @return new options
   */
  public LoopOptions withContextHook(ContextHook hook) {
    Changes changes = new Changes(this);
    changes.contextHooks =
        Stream.concat(contextHooks.stream(), Stream.of(Objects.requireNonNull(hook, "hook")))
            .toList();
    return new LoopOptions(changes);
  }

  @Nullable Consumer<LoopErrorContext> exceptionHandler() {
    return exceptionHandler;
  }

  /**
   * Returns these options with what the loop tells of errors that have no other place to go, as
   * {@link EventLoop#exceptionHandler} sets it.
   *
   * @param handler the handler
   * @return new options
   */
  public LoopOptions withExceptionHandler(Consumer<LoopErrorContext> handler) {
    Changes changes = new Changes(this);
    changes.exceptionHandler = Objects.requireNonNull(handler, "handler");
    return new LoopOptions(changes);
  }

  @Nullable DeadlockHandler deadlockHandler() {
    return deadlockHandler;
  }

  /**
   * Returns these options with what is told when the loop's tasks can never go on, as {@link
   * EventLoop#onDeadlock} sets it. A program that does not get hold of its loop (by {@link
   * EventLoop#current()} or {@link Runner#loop()}) has more deadlocks called certain, since no
   * other thread can end them.
   *
   * @param cushion the real time for which the loop must have been idle before a deadlock that is
   *     not certain is reported
   * @param handler the handler
   * @return new options
   */
  public LoopOptions withDeadlockHandler(Duration cushion, Consumer<DeadlockReport> handler) {
    Changes changes = new Changes(this);
    changes.deadlockHandler =
        new DeadlockHandler(cushion, Objects.requireNonNull(handler, "handler"));
    return new LoopOptions(changes);
  }
}
