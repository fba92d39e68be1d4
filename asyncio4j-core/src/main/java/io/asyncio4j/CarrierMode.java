package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/** A way to carry tasks on threads. There is one for a JVM, chosen by what the JVM allows. */
interface CarrierMode {
  /** The system property that asks for the portable mode where full mode could be had. */
  String MODE_PROPERTY = "asyncio4j.mode";

  /** Returns what carries a new loop and its tasks. */
  LoopCarrier newCarrier(String loopName);

  /** Returns the task that the calling thread carries, or null. */
  @Nullable Task<?> currentTask();

  /**
   * Throws if this is not the full mode.
   *
   * @throws IllegalStateException with the reason and the remedy
   */
  void requireFull();

  /** Returns the mode of this JVM. */
  static CarrierMode get() {
    return Holder.MODE;
  }

  /** Defers the look at the JVM to the first use. */
  final class Holder {
    private static final CarrierMode MODE = choose();

    private Holder() {}

    private static CarrierMode choose() {
      String asked = System.getProperty(MODE_PROPERTY);
      if (asked == null) {
        return FullMode.unavailable() == null ? new FullMode() : PortableMode.forWantOfTheFlag();
      }
      if (asked.equals("portable")) {
        return PortableMode.asked();
      }
      throw new IllegalStateException(
          "the system property "
              + MODE_PROPERTY
              + " is '"
              + asked
              + "', which is no mode that can be asked for; set it to 'portable' or leave it out");
    }
  }
}
