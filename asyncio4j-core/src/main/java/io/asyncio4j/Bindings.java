package io.asyncio4j;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of context variables at one moment. Immutable, so that copying a context costs
 * nothing; to set one of n variables copies n entries.
 */
final class Bindings {
  static final Bindings EMPTY = new Bindings(Map.of());

  private final Map<ContextVar<?>, @Nullable Object> values;

  private Bindings(Map<ContextVar<?>, @Nullable Object> values) {
    this.values = values;
  }

  boolean contains(ContextVar<?> variable) {
    return values.containsKey(variable);
  }

  @Nullable Object get(ContextVar<?> variable) {
    return values.get(variable);
  }

  Set<ContextVar<?>> variables() {
    return Collections.unmodifiableSet(values.keySet());
  }

  Bindings with(ContextVar<?> variable, @Nullable Object value) {
    Map<ContextVar<?>, @Nullable Object> changed = new LinkedHashMap<>(values);
    changed.put(variable, value);
    return new Bindings(changed);
  }

  Bindings without(ContextVar<?> variable) {
    Map<ContextVar<?>, @Nullable Object> changed = new LinkedHashMap<>(values);
    changed.remove(variable);
    return changed.isEmpty() ? EMPTY : new Bindings(changed);
  }
}
