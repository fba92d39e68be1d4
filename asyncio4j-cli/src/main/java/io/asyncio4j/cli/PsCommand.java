package io.asyncio4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code ps}: the tasks of a running JVM as a table. */
@Command(
    name = "ps",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Shows the pending tasks of all loops of a running JVM of the same user: their stacks, and who"
          + " awaits each.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the tasks were shown",
      "1:they were, and a line that begins with ERROR names a circle or a loop that is held",
      "2:wrong usage, or a process that cannot be asked",
      "70:a fault of this program"
    })
final class PsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PID", description = "The process id of the JVM.")
  private long pid;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  PsCommand() {}

  @Override
  public Integer call() {
    return show(spec, pid, "ps");
  }

  /** Prints what an operation of the MBean answers; returns the exit code. */
  static int show(CommandSpec spec, long pid, String operation) {
    try {
      String text = new TargetJvm(Long.toString(pid)).ask(operation);
      PrintWriter out = spec.commandLine().getOut();
      out.print(text);
      out.flush();
      return text.lines().anyMatch(line -> line.startsWith("ERROR")) ? Main.SOME_FAILED : Main.OK;
    } catch (TargetJvm.UnreachableException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(spec.qualifiedName() + ": " + e.getMessage());
      err.flush();
      return Main.USAGE;
    }
  }
}
