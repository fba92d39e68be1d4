/**
 * Databases through JDBC, on the event loop: a pool whose waits suspend the calling task only, and
 * that any library which takes a {@link javax.sql.DataSource} can use.
 */
@NullMarked
package io.asyncio4j.sql;

import org.jspecify.annotations.NullMarked;
