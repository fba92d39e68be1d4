package io.asyncio4j.sql;

/** What is said when a record cannot be reached. */
final class Reflection {
  private Reflection() {}

  static String notOpen(Class<?> record) {
    return "the record "
        + record.getName()
        + " cannot be reached; open its package to the module io.asyncio4j.sql (in module-info.java:"
        + " 'opens "
        + record.getPackageName()
        + " to io.asyncio4j.sql')";
  }
}
