package io.asyncio4j;

/** What carries a loop and its tasks in full mode: all of them on one platform thread. */
final class FullModeCarrier extends LoopCarrier {
  FullModeCarrier(String loopName) {
    super(Thread.ofPlatform().name("asyncio4j-" + loopName).daemon());
  }

  @Override
  TaskThread newThread(Task<?> task) {
    return new FullModeThread(task);
  }

  @Override
  boolean canRunHere() {
    return !Thread.currentThread().isVirtual();
  }

  @Override
  void cancelHolder(Task<?> except, String message) {
    // A blocking call holds its task only, and the loop delivers whatever cancel it is asked for.
  }
}
