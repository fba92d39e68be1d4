package io.asyncio4j.bench.macro;

import io.asyncio4j.Asyncio;

/** The program of the row startup with our loop: a task returns its version. */
final class StartUp {
  private StartUp() {}

  /** Runs the program. */
  public static void main(String[] args) {
    System.out.println("asyncio4j");
    String version =
        Asyncio.run(() -> Asyncio.createTask(() -> "JDK " + Runtime.version()).await());
    System.out.println(version);
  }
}
