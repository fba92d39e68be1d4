package io.asyncio4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code pstree}: the tasks of a running JVM as trees. */
@Command(
    name = "pstree",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Shows the pending tasks of all loops of a running JVM of the same user as trees, each task"
          + " above what it awaits. Circles are marked.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the tasks were shown",
      "1:they were, and a line that begins with ERROR names a circle or a loop that is held",
      "2:wrong usage, or a process that cannot be asked",
      "70:a fault of this program"
    })
final class PstreeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PID", description = "The process id of the JVM.")
  private long pid;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  PstreeCommand() {}

  @Override
  public Integer call() {
    return PsCommand.show(spec, pid, "pstree");
  }
}
