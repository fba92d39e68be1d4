package io.asyncio4j.sql;

import io.asyncio4j.CompoundException;
import io.asyncio4j.TaskGroupException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known from the SQL state of a failure. */
final class SqlStates {
  private static final Set<String> SERIALIZATION = Set.of("40001", "40P01");

  /** MariaDB: a row was changed since the transaction's snapshot; its state says nothing. */
  private static final int CHANGED_SINCE_SNAPSHOT = 1020;

  private SqlStates() {}

  private static boolean isSerializationFailure(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (SERIALIZATION.contains(state)
            || (state.equals("HY000") && e.getErrorCode() == CHANGED_SINCE_SNAPSHOT));
  }

  /**
   * Tells whether a failure, or one that caused it, says that the database could not put a
   * transaction in line with others.
   */
  static boolean isSerializationFailure(Throwable failure) {
    return isSerializationFailure(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static boolean isSerializationFailure(@Nullable Throwable failure, Set<Throwable> seen) {
    if (failure == null || !seen.add(failure)) {
      return false;
    }
    if (failure instanceof SQLException e
        && (isSerializationFailure(e) || isSerializationFailure(e.getNextException(), seen))) {
      return true;
    }
    Iterable<? extends Throwable> parts =
        switch (failure) {
          case TaskGroupException group -> group.exceptions();
          case CompoundException compound -> compound.exceptions();
          default -> Set.of();
        };
    for (Throwable part : parts) {
      if (isSerializationFailure(part, seen)) {
        return true;
      }
    }
    return isSerializationFailure(failure.getCause(), seen);
  }
}
