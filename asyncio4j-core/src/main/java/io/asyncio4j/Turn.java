package io.asyncio4j;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The place of one task in the line for a {@link Waitable}: done when its turn has come. */
final class Turn extends Future<@Nullable Void> {
  private final Waitable waitable;

  Turn(EventLoop loop, Waitable waitable) {
    super(loop);
    this.waitable = waitable;
  }

  Waitable waitable() {
    return waitable;
  }

  /** Lets the task go on in the loop's next turn. */
  void come() {
    succeed(null);
  }

  @Override
  Collection<? extends Future<?>> waitsFor() {
    return waitable.holders();
  }

  @Override
  String describe() {
    return waitable.describe();
  }
}
