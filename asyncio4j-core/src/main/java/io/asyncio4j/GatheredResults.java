package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of all that was given to {@link Asyncio#gatherResults}, in that order.
 *
 * <p>Counterpart of {@code gather(return_exceptions=True)} and of {@code GatheredResults} of the
 * package asyncio_tools, but a cancelled coroutine counts among the exceptions, not among the
 * successes.
 *
 * @param <T> the type of the values
 */
public final class GatheredResults<T extends @Nullable Object> {
  private final List<Result<T>> all;

  private GatheredResults(List<Result<T>> all) {
    this.all = all;
  }

  static <T extends @Nullable Object> GatheredResults<T> of(List<Future<T>> done) {
    return new GatheredResults<>(done.stream().map(GatheredResults::resultOf).toList());
  }

  private static <T extends @Nullable Object> Result<T> resultOf(Future<T> future) {
    return switch (future.state()) {
      case SUCCESS -> new Result.Success<>(future.result());
      case FAILED -> new Result.Failure<>(future.exceptionNow());
      case CANCELLED -> new Result.Failure<>(future.cancellation());
      case RUNNING -> throw new AssertionError(future + " was gathered before it was done");
    };
  }

  /**
   * Returns every outcome, in the order of what was gathered.
   *
   * @return as many outcomes as coroutines; unmodifiable
   */
  public List<Result<T>> all() {
    return all;
  }

  /**
   * Returns the values of those that ended with one, in order.
   *
   * @return the values; unmodifiable
   */
  public List<T> successes() {
    List<T> values = new ArrayList<>();
    for (Result<T> result : all) {
      if (result instanceof Result.Success<T>(T value)) {
        values.add(value);
      }
    }
    return Collections.unmodifiableList(values);
  }

  /**
   * Returns the exceptions of those that ended with one, in order.
   *
   * @return the exceptions as they were thrown; unmodifiable
   */
  public List<Throwable> exceptions() {
    List<Throwable> exceptions = new ArrayList<>();
    for (Result<T> result : all) {
      if (result instanceof Result.Failure<T>(Throwable exception)) {
        exceptions.add(exception);
      }
    }
    return Collections.unmodifiableList(exceptions);
  }

  /**
   * Returns how many ended with a value.
   *
   * @return the number of {@link #successes()}
   */
  public int successCount() {
    return successes().size();
  }

  /**
   * Returns how many ended with an exception.
   *
   * @return the number of {@link #exceptions()}
   */
  public int exceptionCount() {
    return exceptions().size();
  }

  /**
   * Returns the class of each exception, in order.
   *
   * @return one class for each of {@link #exceptions()}; unmodifiable
   */
  public List<Class<? extends Throwable>> exceptionTypes() {
    return CompoundException.typesOf(exceptions());
  }

  /**
   * Returns the exceptions that are of a type.
   *
   * @param type the class or interface
   * @return those of {@link #exceptions()} that are instances of it; unmodifiable
   * @param <E> the type
   */
  public <E> List<E> exceptionsOfType(Class<E> type) {
    return exceptions().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /**
   * Returns all exceptions as one, to be thrown: {@code
   * results.compoundException().ifPresent(...)}.
   *
   * @return one exception with the messages merged, or empty if there is none
   */
  public Optional<CompoundException> compoundException() {
    List<Throwable> exceptions = exceptions();
    return exceptions.isEmpty() ? Optional.empty() : Optional.of(new CompoundException(exceptions));
  }

  @Override
  public String toString() {
    return "GatheredResults" + all;
  }
}
