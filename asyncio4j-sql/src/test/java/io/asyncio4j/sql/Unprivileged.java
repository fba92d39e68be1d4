package io.asyncio4j.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs run as {@code nobody} if the tests run as root: database servers refuse root. */
final class Unprivileged {
  private static final String NOBODY = "65534";

  private Unprivileged() {}

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Returns the command that runs another one. */
  static List<String> command(String... command) {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }
    whole.addAll(List.of(command));
    return whole;
  }

  /** Makes files those of the user that the programs run as. */
  static void give(Path... files) throws IOException, InterruptedException {
    if (isRoot()) {
      for (Path file : files) {
        runAsOurselves(file.getParent(), "chown", NOBODY + ":" + NOBODY, file.toString());
      }
    }
  }

  /** Runs a program to its end. */
  static void run(Path directory, String... command) throws IOException, InterruptedException {
    runAsOurselves(directory, command(command).toArray(String[]::new));
  }

  /** Runs a program to its end as the user that the tests run as. */
  static void runAsOurselves(Path directory, String... command)
      throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(started.getInputStream().readAllBytes(), UTF_8);
    if (started.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + output);
    }
  }
}
