package io.asyncio4j;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The requests to cancel that have reached a task: how many were not taken back, and whether the
 * exception is still to be thrown at the task's next suspension.
 */
final class CancelState {
  private int count;
  private boolean pending;
  private @Nullable String message;

  /** The scope that alone asked for what is pending, or null if there are others. */
  private @Nullable Object pendingFor;

  /** The innermost call that is to be aborted and not interrupted, or null. */
  private @Nullable AbortableCall call;

  int count() {
    return count;
  }

  /** Tells whether a cancellation is still to be thrown. */
  boolean isPending() {
    return pending;
  }

  @Nullable String message() {
    return message;
  }

  @Nullable AbortableCall call() {
    return call;
  }

  void call(@Nullable AbortableCall innermost) {
    call = innermost;
  }

  void add(@Nullable String newMessage) {
    count++;
    message = newMessage;
  }

  /** Adds what was asked elsewhere. */
  void add(CancelState others) {
    if (others.count > 0) {
      message = others.message;
    }
    count += others.count;
    if (others.pending) {
      deliverLater(others.pendingFor);
    }
  }

  /** Adds requests that were held back and are to be delivered now. */
  void release(int requests, @Nullable String newMessage, @Nullable Object scope) {
    count += requests;
    message = newMessage;
    deliverLater(scope);
  }

  /** Has the cancellation thrown at the next suspension. */
  void deliverLater(@Nullable Object scope) {
    pendingFor = pending && pendingFor != scope ? null : scope;
    pending = true;
  }

  /** Notes that the cancellation reaches the task by other means than a pending exception. */
  void delivered() {
    pending = false;
    pendingFor = null;
  }

  /** Returns the exception that was pending. */
  CancellationException take() {
    delivered();
    return Cancellation.create(message);
  }

  /** Takes one request back; what is pending goes with the last. Tells whether there was one. */
  boolean takeBack() {
    if (count == 0) {
      return false;
    }
    count--;
    if (count == 0) {
      delivered();
    }
    return true;
  }

  /** Takes the request of a scope back at its end, and what is pending if that was the scope's. */
  void takeBack(Object scope) {
    if (pendingFor == scope) {
      delivered();
    }
    takeBack();
  }
}
