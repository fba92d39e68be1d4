package io.asyncio4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The peers of the rows, in the order of the tables' columns. */
final class Peers {
  static final String FULL_MODE = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  /** The ids of all peers. */
  static final List<String> IDS =
      List.of(
          "asyncio4j",
          "aot",
          "two-loops",
          "lean",
          "portable",
          "cpython",
          "cpython-new",
          "uvloop",
          "httpx",
          "go",
          "go1",
          "node",
          "node-immediate",
          "node-fetch",
          "kotlin",
          "jdk",
          "jdk1",
          "structured",
          "bare",
          "continuation");

  private Peers() {}

  /**
   * Returns the programs of the micro rows that can be run here.
   *
   * @param chosen says which peers are wanted, by id; the others are not looked for
   */
  static List<Program> micro(Toolchain tools, Predicate<String> chosen)
      throws InterruptedException {
    String ours = AsyncioPeer.class.getName();
    Path sources = tools.peers();
    List<Program> programs = new ArrayList<>();
    programs.add(Program.java(Results.OURS, "asyncio4j", FULL_MODE, ours));
    programs.add(
        Program.java(
                MicroRows.LEAN,
                "lean",
                FULL_MODE,
                "-Djdk.trackAllThreads=false",
                "-XX:+UseCompactObjectHeaders",
                ours)
            .onlyFor("asleep"));
    programs.add(Program.java("asyncio4j, portable", "portable", ours));
    String micro = sources.resolve("python/micro.py").toString();
    if (chosen.test("cpython")) {
      tools
          .python("CPython")
          .ifPresent(
              python -> programs.add(Program.of("CPython", "cpython", List.of(python, micro))));
    }
    if (chosen.test("cpython-new")) {
      tools
          .newerPython()
          .ifPresent(
              newer ->
                  programs.add(
                      Program.of(
                          "CPython " + newer.getValue(),
                          "cpython-new",
                          List.of(newer.getKey(), micro))));
    }
    if (chosen.test("uvloop")) {
      tools
          .python("uvloop", "uvloop")
          .ifPresent(
              python ->
                  programs.add(Program.of("uvloop", "uvloop", List.of(python, micro, "--uvloop"))));
    }
    if (chosen.test("node") || chosen.test("node-immediate")) {
      Optional<List<String>> node = tools.node("Node");
      if (node.isPresent()) {
        List<String> command = new ArrayList<>(node.get());
        command.add(sources.resolve("node/micro.js").toString());
        programs.add(Program.of("Node", "node", List.copyOf(command)).compiledJustInTime());
        command.add("--immediate");
        programs.add(
            Program.of("Node, setImmediate", "node-immediate", List.copyOf(command))
                .compiledJustInTime());
      }
    }
    if (chosen.test("go") || chosen.test("go1")) {
      tools
          .go("Go")
          .ifPresent(
              go -> {
                programs.add(Program.of("Go", "go", List.of(go)));
                programs.add(
                    Program.of("Go, 1 processor", "go1", List.of(go))
                        .withEnvironment("GOMAXPROCS", "1"));
              });
    }
    if (chosen.test("kotlin")) {
      tools
          .kotlin("Kotlin")
          .ifPresent(path -> programs.add(Program.javaOf(path, "Kotlin", "kotlin", "MicroKt")));
    }
    programs.add(Program.java("JDK virtual threads", "jdk", VirtualThreadsPeer.class.getName()));
    programs.add(
        Program.java(
            "StructuredTaskScope",
            "structured",
            "--enable-preview",
            "--source=25",
            sources.resolve("java/StructuredPeer.java").toString()));
    programs.add(
        Program.java(
            Report.BARE_THREADS,
            "bare",
            FULL_MODE,
            sources.resolve("java/BareThreadsPeer.java").toString()));
    programs.add(
        Program.java(
            Report.FLOOR,
            "continuation",
            "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
            sources.resolve("java/ContinuationPeer.java").toString()));
    return programs.stream().filter(program -> chosen.test(program.id())).toList();
  }
}
