package io.asyncio4j.cli;

import io.asyncio4j.examples.Example;
import io.asyncio4j.examples.Examples;
import io.asyncio4j.http.HttpException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code example}: lists, shows and runs the programs of the tutorial. */
@Command(
    name = "example",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs a program of the tutorial, or all of a group. Without arguments it lists them.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the program came to its end",
      "1:it ended with an exception, which was shown",
      "2:wrong usage, or no such example",
      "3:nobody reads what it prints any more",
      "70:a fault of this program"
    })
final class ExampleCommand implements Callable<Integer> {
  private CommandSpec spec;

  @Option(names = "--source", description = "Show the program instead of running it.")
  private boolean source;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "N",
      description = "An example, such as 3b, or the number of a group, such as 3.")
  private @Nullable String name;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "OPTIONS",
      description = "The example's own options, which the list shows.")
  private List<String> options = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ExampleCommand() {}

  @Spec
  void spec(CommandSpec given) {
    spec = given;
    // What follows the name of an example is the example's to understand.
    spec.parser().unmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      list(out);
      return Main.OK;
    }
    List<Example> named = Examples.named(name);
    if (named.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no example '" + name + "'; 'asyncio4j example' lists those that there are");
    }
    if (source) {
      named.forEach(example -> out.print(example.source()));
      out.flush();
      return Main.OK;
    }
    int worst = Main.OK;
    for (Example example : named) {
      if (named.size() > 1) {
        out.println((example.equals(named.getFirst()) ? "" : "\n") + heading(example));
        out.flush();
      }
      worst = Math.max(worst, run(example));
    }
    return worst;
  }

  private static void list(PrintWriter out) {
    int group = 0;
    for (Example example : Examples.all()) {
      if (example.group() != group) {
        out.print(group == 0 ? "" : "\n");
        group = example.group();
      }
      out.println(
          "  " + heading(example) + (example.options().isEmpty() ? "" : "  " + example.options()));
    }
    out.println("\nasyncio4j example N runs one; with --source it shows the program.");
    out.flush();
  }

  private static String heading(Example example) {
    return String.format("%-4s%s", example.id(), example.title());
  }

  private int run(Example example) {
    try {
      example.main().run(options.toArray(String[]::new));
      return Main.OK;
    } catch (IllegalArgumentException e) {
      if (!options.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "example " + example.id() + ": " + e.getMessage(), e);
      }
      throw e;
    } catch (HttpException e) {
      // With --real: the network or the service is at fault, and its message says all of it.
      PrintWriter err = spec.commandLine().getErr();
      err.println("asyncio4j example: example " + example.id() + ": " + e.getMessage());
      err.flush();
      return Main.SOME_FAILED;
    } catch (Exception e) {
      // As the JVM shows what leaves main, since that is what some examples are about.
      PrintWriter err = spec.commandLine().getErr();
      err.print("Exception in example " + example.id() + ": ");
      e.printStackTrace(err);
      err.flush();
      return Main.SOME_FAILED;
    }
  }
}
