package io.asyncio4j;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The mode that needs nothing of the JVM: loop and tasks are virtual threads on the JDK's
 * scheduler, and a baton passes among them so that exactly one of a loop's threads runs.
 */
final class PortableMode implements CarrierMode {
  /** Bears the task in its own thread, where no thread that a library starts inherits it. */
  private static final ThreadLocal<Task<?>> CURRENT = new ThreadLocal<>();

  private final IllegalStateException whyNotFull;
  private final AtomicBoolean toBeSaid;

  private PortableMode(IllegalStateException whyNotFull, boolean toBeSaid) {
    this.whyNotFull = whyNotFull;
    this.toBeSaid = new AtomicBoolean(toBeSaid);
  }

  /** Returns the mode of a JVM that lacks the flag for full mode; it says so once. */
  static PortableMode forWantOfTheFlag() {
    return new PortableMode(
        new IllegalStateException(
            "asyncio4j needs the JVM flag for full mode: " + FullMode.REMEDY,
            FullMode.unavailable()),
        true);
  }

  /** Returns the mode of a JVM whose owner asked for it. */
  static PortableMode asked() {
    return new PortableMode(
        new IllegalStateException(
            "full mode is required, but the system property "
                + MODE_PROPERTY
                + " asks for the portable one; leave one of the two out"),
        false);
  }

  @Override
  public LoopCarrier newCarrier(String loopName) {
    if (toBeSaid.compareAndSet(true, false)) {
      ErrorLog.warning(
          "asyncio4j runs in portable mode, in which a blocking call of another library holds its"
              + " loop. "
              + FullMode.REMEDY
              + ". To keep this mode and this line out of the log, set -D"
              + MODE_PROPERTY
              + "=portable");
    }
    return new PortableCarrier(loopName);
  }

  @Override
  public @Nullable Task<?> currentTask() {
    return CURRENT.get();
  }

  static void setCurrent(Task<?> task) {
    CURRENT.set(task);
  }

  @Override
  public void requireFull() {
    throw new IllegalStateException(whyNotFull.getMessage(), whyNotFull.getCause());
  }
}
