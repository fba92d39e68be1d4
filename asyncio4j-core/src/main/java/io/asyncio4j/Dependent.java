package io.asyncio4j;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A done callback on behalf of a future, or of a task, that waits for the future it is added to.
 */
interface Dependent {
  /** Returns who waits, or null if nobody does at present. */
  @Nullable Future<?> dependent();

  /**
   * A done callback for a future that is known when the callback is made.
   *
   * @param <F> the type of the future that is waited for
   */
  record Callback<F extends Future<?>>(Future<?> dependent, Consumer<? super F> action)
      implements Dependent, Consumer<F> {
    @Override
    public void accept(F done) {
      action.accept(done);
    }
  }
}
