package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExampleCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    String[] all = new String[args.length + 1];
    all[0] = "example";
    System.arraycopy(args, 0, all, 1, args.length);
    return command.execute(all);
  }

  @Test
  void noArguments_listsAllExamples() {
    assertThat(run()).isEqualTo(Main.OK);
    assertThat(out.toString()).contains("  1a  Two coroutines switch").contains("--source");
  }

  @Test
  void source_showsTheProgram() {
    assertThat(run("1a", "--source")).isEqualTo(Main.OK);
    assertThat(out.toString()).contains("static void main()").doesNotContain("region");
  }

  @Test
  void unknownExample_isWrongUsage() {
    assertThat(run("1z")).isEqualTo(Main.USAGE);
    assertThat(err.toString()).contains("there is no example '1z'; 'asyncio4j example' lists");
  }

  @Test
  void optionThatTheExampleDoesNotTake_isWrongUsage() {
    assertThat(run("1a", "--loud")).isEqualTo(Main.USAGE);
    assertThat(err.toString()).contains("--loud");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void id_runsTheExample() {
    assertThat(run("1a")).isEqualTo(Main.OK);
    assertThat(err.toString()).isEmpty();
  }
}
