/**
 * Tests of the pool and of the layer above it, against a real PostgreSQL, H2, SQLite and DuckDB.
 */
@NullMarked
package io.asyncio4j.sql;

import org.jspecify.annotations.NullMarked;
