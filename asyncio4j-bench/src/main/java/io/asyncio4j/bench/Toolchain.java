package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the peers are run and built with. What is missing is installed if that was asked for or we
 * are root, and named as skipped otherwise.
 */
final class Toolchain {
  private static final String PYTHON = "/usr/bin/python3";
  private static final int MINUTES = 10;

  private final Path bench;
  private final boolean installs;
  private final Consumer<String> log;
  private final List<String> skipped = new ArrayList<>();
  private final Set<String> tried = new TreeSet<>();

  /**
   * Creates one.
   *
   * @param root the checkout
   * @param installs whether missing packages may be installed
   */
  Toolchain(Path root, boolean installs, Consumer<String> log) {
    this.bench = root.resolve("asyncio4j-bench");
    this.installs = installs;
    this.log = log;
  }

  /** Returns what could not be had, each with the command that would install it. */
  List<String> skipped() {
    return skipped;
  }

  void skip(String peer) {
    if (!skipped.contains(peer)) {
      skipped.add(peer);
    }
  }

  Path peers() {
    return bench.resolve("peers");
  }

  /** Returns the distribution's Python, if it has the modules (or gets them). */
  Optional<String> python(String peer, String... modules) throws InterruptedException {
    List<String> packages = new ArrayList<>(List.of("python3"));
    for (String module : modules) {
      packages.add("python3-" + module);
    }
    String imports = modules.length == 0 ? "pass" : "import " + String.join(", ", modules);
    return has(peer, packages, PYTHON, "-c", imports) ? Optional.of(PYTHON) : Optional.empty();
  }

  /** Returns a newer CPython that is on the path, with its version. */
  Optional<Map.Entry<String, String>> newerPython() throws InterruptedException {
    for (String version : List.of("3.15", "3.14", "3.13")) {
      if (succeeds(bench, "python" + version, "-c", "pass")) {
        return Optional.of(Map.entry("python" + version, version));
      }
    }
    return Optional.empty();
  }

  /** Returns Node's command. */
  Optional<List<String>> node(String peer) throws InterruptedException {
    return has(peer, List.of("nodejs"), "node", "--version")
        ? Optional.of(List.of("node", "--expose-gc"))
        : Optional.empty();
  }

  /** Returns the program of peers/go, built if its sources are newer. */
  Optional<String> go(String peer) throws InterruptedException {
    if (!has(peer, List.of("golang-go"), "go", "version")) {
      return Optional.empty();
    }
    Path sources = peers().resolve("go");
    Path program = bench.resolve("target/peers/go");
    return builds(peer, program, sources, "go", "build", "-o", program.toString(), ".")
        ? Optional.of(program.toString())
        : Optional.empty();
  }

  /** Returns the class path of peers/kotlin, built if its sources are newer. */
  Optional<String> kotlin(String peer) throws InterruptedException {
    if (!has(peer, List.of("maven"), "mvn", "--version")) {
      return Optional.empty();
    }
    Path project = peers().resolve("kotlin");
    Path jar = project.resolve("target/kotlin-peer-1.jar");
    return builds(peer, jar, project, "mvn", "-B", "-ntp", "-q", "package")
        ? Optional.of(jar + ":" + project.resolve("target/lib") + "/*")
        : Optional.empty();
  }

  /** Whether a command succeeds, if need be after its packages were installed. */
  boolean has(String peer, List<String> packages, String... command) throws InterruptedException {
    if (succeeds(bench, command)) {
      return true;
    }
    String install = "apt-get install -y " + String.join(" ", packages);
    if (installs && tried.add(install)) {
      log.accept(peer + " needs what is not here: " + install);
      List<String> words = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
      words.addAll(List.of(install.split(" ", -1)));
      if (succeeds(bench, words.toArray(String[]::new)) && succeeds(bench, command)) {
        return true;
      }
      log.accept("that failed: " + peer + " is skipped");
    }
    skip(peer + " (" + install + ")");
    return false;
  }

  /** Whether a product is newer than its sources, if need be after it was built. */
  private boolean builds(String peer, Path product, Path sources, String... command)
      throws InterruptedException {
    try {
      if (Files.exists(product)
          && newest(sources).compareTo(Files.getLastModifiedTime(product)) <= 0) {
        return true;
      }
      Files.createDirectories(product.getParent());
    } catch (IOException e) {
      skip(peer + " (" + e + ")");
      return false;
    }
    log.accept("building " + peer + ": " + String.join(" ", command));
    if (succeeds(sources, command)) {
      return true;
    }
    skip(peer + " (its build failed: cd " + sources + " && " + String.join(" ", command) + ")");
    return false;
  }

  private static FileTime newest(Path sources) throws IOException {
    FileTime newest = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        boolean isSource = !file.startsWith(sources.resolve("target"));
        FileTime time = Files.getLastModifiedTime(file);
        if (isSource && time.compareTo(newest) > 0) {
          newest = time;
        }
      }
    }
    return newest;
  }

  private boolean succeeds(Path directory, String... command) throws InterruptedException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      Path output = Files.createTempFile("asyncio4j-bench", ".log");
      try {
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.redirectInput(new File("/dev/null"));
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly().waitFor();
          log.accept(String.join(" ", command) + " took more than " + MINUTES + " minutes");
          return false;
        }
        if (process.exitValue() != 0 && command.length > 0 && isBuild(command[0])) {
          log.accept(Files.readString(output, UTF_8).strip());
        }
        return process.exitValue() == 0;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return false; // no such program
    }
  }

  private static boolean isBuild(String program) {
    return List.of("go", "mvn", "env").contains(program);
  }
}
