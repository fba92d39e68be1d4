package io.asyncio4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Copies of the coroutines that a call was given. */
final class Coroutines {
  private Coroutines() {}

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  static <C> List<C> copyOf(C... coroutines) {
    return copyOf(Arrays.asList(coroutines));
  }

  /**
   * Copies coroutines.
   *
   * @throws NullPointerException if one is null; it says which
   */
  static <C> List<C> copyOf(Collection<? extends C> coroutines) {
    List<C> copy = new ArrayList<>(coroutines);
    for (int i = 0; i < copy.size(); i++) {
      if (copy.get(i) == null) {
        throw new NullPointerException("coroutines[" + i + "] of " + copy.size() + " is null");
      }
    }
    return Collections.unmodifiableList(copy);
  }
}
