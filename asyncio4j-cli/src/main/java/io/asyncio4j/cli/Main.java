package io.asyncio4j.cli;

import io.asyncio4j.refire.StatusSet;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The command {@code asyncio4j} with its subcommands. */
@Command(
    name = "asyncio4j",
    synopsisSubcommandLabel = "COMMAND",
    description = "asyncio for Java, on the command line.",
    subcommands = {
      RefireCommand.class,
      FetchCommand.class,
      ExampleCommand.class,
      PsCommand.class,
      PstreeCommand.class
    },
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    footer = {"", "asyncio4j COMMAND --help tells more, and each command's exit codes."})
final class Main implements Runnable {
  /** Everything is well. */
  static final int OK = 0;

  /** The work was done, and some of it failed. */
  static final int SOME_FAILED = 1;

  /** Wrong usage, or an input that cannot be opened. */
  static final int USAGE = 2;

  /** Stopped before the end. */
  static final int STOPPED = 3;

  /** A fault of this program; none of the codes that say something of the work. */
  static final int INTERNAL = 70;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }

  /** Runs the command that {@code args} name and ends the JVM with its exit code. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      // Not by way of picocli: its classes are of a version that no AOT cache takes, and cost most
      // of the time of this answer.
      System.out.println(Version.text());
      System.exit(codeWithOutput(OK));
    }
    System.exit(codeWithOutput(commandLine().execute(args)));
  }

  /** Returns the exit code, or the one that says so if not all of the output could be written. */
  private static int codeWithOutput(int code) {
    if (!System.out.checkError() || code > SOME_FAILED) {
      return code;
    }
    System.err.println("asyncio4j: standard output did not take all that was to be said");
    return STOPPED;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .registerConverter(Duration.class, new DurationConverter())
        .registerConverter(StatusSet.class, Main::statusSet)
        .registerConverter(URI.class, Main::url)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(Terminal.wantsColour() ? Ansi.AUTO : Ansi.OFF))
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::explainWrongUsage)
        .setExecutionExceptionHandler(Main::reportFault);
  }

  private static StatusSet statusSet(String text) {
    try {
      return StatusSet.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new TypeConversionException(
          "'" + text + "' is no URL; write it as http://host:port or https://host:port");
    }
  }

  private static int explainWrongUsage(ParameterException fault, String[] args) {
    CommandLine command = fault.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    PrintWriter err = command.getErr();
    err.println(name + ": " + fault.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(fault, err);
    err.println("Try '" + name + " --help'.");
    err.flush();
    return USAGE;
  }

  private static int reportFault(
      Exception fault, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(
        command.getCommandSpec().qualifiedName()
            + ": a fault of the program itself, please report it:");
    fault.printStackTrace(err);
    err.flush();
    return INTERNAL;
  }
}
