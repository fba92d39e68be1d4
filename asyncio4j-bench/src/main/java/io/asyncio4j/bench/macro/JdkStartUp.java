package io.asyncio4j.bench.macro;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The program of the row startup with the JDK: a virtual thread returns its version. */
final class JdkStartUp {
  private JdkStartUp() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    System.out.println("JDK virtual threads");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      System.out.println(threads.submit(() -> "JDK " + Runtime.version()).get());
    }
  }
}
