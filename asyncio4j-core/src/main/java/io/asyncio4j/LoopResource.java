package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/** Something outside the JVM's heap that lives no longer than its loop. */
interface LoopResource {
  /**
   * Releases it because the loop closes. On the thread that closes the loop; must not throw.
   *
   * @return its name, if it was left open by mistake, so that debug mode says so; else null
   */
  @Nullable String releaseAtLoopClose();
}
