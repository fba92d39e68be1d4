package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The parts of the loop in JMH, with what they allocate, each beside its floor. */
final class JmhBench {
  private static final String FLOOR = "Floor";
  static final String CONTINUATIONS = "java.base/jdk.internal.vm=ALL-UNNAMED";
  private static final int MINUTES = 15;

  private final Path bench;
  private final boolean quick;
  private final Consumer<String> log;

  /**
   * Creates one.
   *
   * @param root the checkout
   */
  JmhBench(Path root, boolean quick, Consumer<String> log) {
    this.bench = root.resolve("asyncio4j-bench");
    this.quick = quick;
    this.log = log;
  }

  /** Compiles and measures, and returns the table. */
  String run() throws IOException, InterruptedException, PeerException {
    Machine machine = new Machine();
    Path classes = bench.resolve("target/peers/jmh");
    Files.createDirectories(classes);
    String classPath = classes + ":" + System.getProperty("java.class.path");
    String source = bench.resolve("peers/jmh/PartsBenchmark.java").toString();
    execute(
        List.of(
            jdk("javac"),
            "-proc:full",
            "-cp",
            classPath,
            "--add-exports",
            CONTINUATIONS,
            "-d",
            classes.toString(),
            source));
    Path output = Files.createTempFile(classes.getParent(), "jmh", ".json");
    try {
      log.accept("jmh: about " + (quick ? "half a minute" : "a minute"));
      List<String> command = new ArrayList<>(List.of(jdk("java"), "-cp", classPath));
      command.addAll(flags());
      command.add("org.openjdk.jmh.Main");
      command.addAll(List.of("-f", "1", "-prof", "gc", "-rf", "json", "-rff", output.toString()));
      command.addAll(List.of("-w", "500ms", "-r", "500ms"));
      command.addAll(quick ? List.of("-wi", "2", "-i", "2") : List.of("-wi", "4", "-i", "5"));
      execute(command);
      return table(Files.readString(output))
          + "\n"
          + machine.describe()
          + ". JDK "
          + Runtime.version()
          + ".\n";
    } finally {
      Files.delete(output);
    }
  }

  /** Returns the flags of the JVMs that JMH forks, which are those of the one that forks them. */
  private static List<String> flags() {
    return List.of(
        "--add-exports=" + CONTINUATIONS,
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow");
  }

  private static String jdk(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  private void execute(List<String> command)
      throws IOException, InterruptedException, PeerException {
    Path output = bench.resolve("target/peers/jmh.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new PeerException("JMH takes more than " + MINUTES + " minutes; see " + output);
    }
    if (process.exitValue() != 0) {
      List<String> lines = Files.readAllLines(output, UTF_8);
      throw new PeerException(
          "JMH failed: "
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size())));
    }
  }

  /** What JMH says of a benchmark. */
  record Score(double nanos, double error, double bytes) {
    static Score of(JsonNode benchmark) {
      JsonNode time = benchmark.path("primaryMetric");
      double bytes =
          benchmark.path("secondaryMetrics").path("gc.alloc.rate.norm").path("score").asDouble();
      double error = time.path("scoreError").asDouble(Double.NaN);
      return new Score(time.path("score").asDouble(), error, bytes);
    }

    String show() {
      return Unit.format(nanos) + (Double.isNaN(error) ? "" : " ± " + Unit.format(error));
    }
  }

  /** Returns the table for JMH's result in JSON. */
  static String table(String json) {
    Map<String, Score> scores = new LinkedHashMap<>();
    for (JsonNode benchmark : JsonMapper.builder().build().readTree(json)) {
      String name = benchmark.path("benchmark").asString();
      scores.put(name.substring(name.lastIndexOf('.') + 1), Score.of(benchmark));
    }
    StringBuilder text =
        new StringBuilder(
            Report.head(
                List.of("part", "ns", "bytes allocated", "floor, ns", "floor, bytes", "times")));
    scores.forEach(
        (name, score) -> {
          @Nullable Score floor = scores.get(name + FLOOR);
          if (floor != null) {
            text.append(
                Report.line(
                    List.of(
                        "`" + name + "`",
                        score.show(),
                        Unit.format(score.bytes),
                        floor.show(),
                        Unit.format(floor.bytes),
                        Unit.format(score.nanos / floor.nanos))));
          }
        });
    return text.toString();
  }
}
