package io.asyncio4j;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The place of one task in the line for a {@link Waitable}: done when its turn has come. As a
 * {@link Runnable} it is what lets the task go on, unless that was cancelled meanwhile.
 */
final class Turn extends Future<@Nullable Void> implements Runnable {
  private final Waitable waitable;

  // The links of the line in which it stands, which alone touches them.
  @Nullable WaitLine line;
  @Nullable Turn previous;
  @Nullable Turn next;
  long age;

  /** What the task brought along, or what was handed to it with its turn. */
  @Nullable Object parcel;

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
  public void run() {
    if (!isDone()) {
      come();
    }
  }

  /** Tells whether the turn came, be it that the task was cancelled after that. */
  boolean hasCome() {
    return state() == State.SUCCESS;
  }

  @Override
  boolean doCancel(@Nullable String message) {
    boolean cancelled = super.doCancel(message);
    WaitLine standing = line;
    if (cancelled && standing != null) {
      standing.turnCancelled();
    }
    return cancelled;
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
