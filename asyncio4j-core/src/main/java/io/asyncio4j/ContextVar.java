package io.asyncio4j;

import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A variable whose value belongs to the current {@link Context}: each task has a context of its
 * own, which starts as a copy of its creator's.
 *
 * {@snippet :
 * static final ContextVar<String> USER = ContextVar.of("user", "nobody");
 * }
 *
 * <p>What a task sets is seen by the tasks and callbacks that it starts afterwards, and by nobody
 * else. On a thread that is no task a variable belongs to that thread. All methods may be called by
 * any thread, and do not suspend.
 *
 * <p>Counterpart of {@code contextvars.ContextVar}.
 *
 * @param <T> the type of the value
 */
public final class ContextVar<T extends @Nullable Object> {
  private final String name;
  private final boolean hasInitial;
  private final @Nullable Object initial;

  private ContextVar(String name, boolean hasInitial, @Nullable Object initial) {
    this.name = Objects.requireNonNull(name, "name");
    this.hasInitial = hasInitial;
    this.initial = initial;
  }

  /**
   * Creates a variable that has no value until one is set. Make it a static constant: contexts keep
   * their variables for ever.
   *
   * @param name what it is called in messages
   * @return a new variable, different from all others of that name
   * @param <T> the type of the value
   */
  public static <T extends @Nullable Object> ContextVar<T> of(String name) {
    return new ContextVar<>(name, false, null);
  }

  /**
   * Creates a variable as {@link #of(String)} does, with a value for contexts in which none is set.
   *
   * @param name what it is called in messages
   * @param initial the value where none is set
   * @return a new variable
   * @param <T> the type of the value
   */
  public static <T extends @Nullable Object> ContextVar<T> of(String name, T initial) {
    return new ContextVar<>(name, true, initial);
  }

  /**
   * Returns the name. Counterpart of {@code ContextVar.name}.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the value in the current context, or else the initial one.
   *
   * <p>Counterpart of {@code ContextVar.get()}.
   *
   * @return the value
   * @throws NoSuchElementException if no value is set and there is no initial one
   */
  public T get() {
    Bindings bindings = Context.bindingsHere();
    if (bindings.contains(this)) {
      return valueIn(bindings);
    }
    if (!hasInitial) {
      throw new NoSuchElementException(
          this
              + " has no value in the current context; set one, give it an initial one, or use"
              + " get(otherwise)");
    }
    return cast(initial);
  }

  /**
   * Returns the value in the current context, or the argument if none is set, whatever the initial
   * one.
   *
   * <p>Counterpart of {@code ContextVar.get(default)}.
   *
   * @param otherwise the value where none is set
   * @return the value
   */
  public T get(T otherwise) {
    Bindings bindings = Context.bindingsHere();
    return bindings.contains(this) ? valueIn(bindings) : otherwise;
  }

  /**
   * Sets the value in the current context.
   *
   * <p>Counterpart of {@code ContextVar.set}.
   *
   * @param value the value
   * @return a token that takes it back, by {@link #reset} or as the resource of a {@code try}
   */
  public Token<T> set(T value) {
    Context context = Context.current();
    Token<T> token = new Token<>(this, context, context.bindings());
    context.bindings(context.bindings().with(this, value));
    return token;
  }

  /**
   * Gives this variable the value that it had before a {@link #set}, or none.
   *
   * <p>Counterpart of {@code ContextVar.reset}.
   *
   * @param token what that {@code set} returned
   * @throws IllegalArgumentException if the token is of another variable or of another context
   * @throws IllegalStateException if the token was used already
   */
  public void reset(Token<T> token) {
    if (token.variable != this) {
      throw new IllegalArgumentException(token + " is not of " + this);
    }
    if (token.used) {
      throw new IllegalStateException(token + " was used already; a token resets once");
    }
    Context context = Context.current();
    if (token.context != context) {
      throw new IllegalArgumentException(
          token + " was made in another context; reset it in the task that has set it");
    }
    token.used = true;
    context.bindings(
        token.before.contains(this)
            ? context.bindings().with(this, valueIn(token.before))
            : context.bindings().without(this));
  }

  T valueIn(Bindings bindings) {
    return cast(bindings.get(this));
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // what is bound to a ContextVar<T> is a T
  private T cast(@Nullable Object value) {
    return (T) value;
  }

  @Override
  public String toString() {
    return "ContextVar '" + name + "'";
  }

  /**
   * What a {@link ContextVar#set} can be taken back with, once.
   *
   * <p>Counterpart of {@code contextvars.Token}.
   *
   * @param <T> the type of the variable's value
   */
  public static final class Token<T extends @Nullable Object> implements AutoCloseable {
    private final ContextVar<T> variable;
    private final Context context;
    private final Bindings before;
    private boolean used;

    private Token(ContextVar<T> variable, Context context, Bindings before) {
      this.variable = variable;
      this.context = context;
      this.before = before;
    }

    /**
     * Returns the variable that was set.
     *
     * @return the variable
     */
    public ContextVar<T> variable() {
      return variable;
    }

    /**
     * Tells whether the variable had a value in its context before.
     *
     * @return false if {@link #oldValue()} has nothing to give
     */
    public boolean hasOldValue() {
      return before.contains(variable);
    }

    /**
     * Returns the value that the variable had in its context before.
     *
     * @return the value
     * @throws NoSuchElementException if it had none
     */
    public T oldValue() {
      if (!hasOldValue()) {
        throw new NoSuchElementException(variable + " had no value before it was set");
      }
      return variable.valueIn(before);
    }

    /**
     * Resets the variable, as {@link ContextVar#reset} does.
     *
     * @throws IllegalArgumentException if called in another context
     * @throws IllegalStateException if this token was used already
     */
    @Override
    public void close() {
      variable.reset(this);
    }

    @Override
    public String toString() {
      return "token of " + variable;
    }
  }
}
