package io.asyncio4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code asyncio4j}. */
@Command(
    name = "asyncio4j",
    description = "asyncio for Java, on the command line.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true)
final class Main implements Runnable {

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Runs the command that {@code args} name and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
