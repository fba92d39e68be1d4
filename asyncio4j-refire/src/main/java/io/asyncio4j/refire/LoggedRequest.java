package io.asyncio4j.refire;

import org.jspecify.annotations.Nullable;

/**
 * A request as a log line tells it, the log's escapes undone. What the line does not tell is null.
 *
 * @param method the method
 * @param target the request target: a path with a query, an absolute URL, or {@code *}
 * @param scheme {@code http} or {@code https}
 * @param host the host, perhaps with a port, as the line has it
 */
record LoggedRequest(
    @Nullable String method,
    @Nullable String target,
    @Nullable String scheme,
    @Nullable String host) {

  boolean isMarked() {
    return target != null && Mark.isMarked(target);
  }
}
