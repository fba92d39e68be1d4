package io.asyncio4j.sql;

/** What most tests read. */
record Person(long id, String name, int age) {}
