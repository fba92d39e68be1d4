package io.asyncio4j.bench.macro;

import io.asyncio4j.bench.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The row startup: a program that runs the command in its arguments again and again, and takes the
 * time from there to its second line, which is the first result of a task; the first is its name.
 * The CPU time is that of the whole process, to its end, in steps of ten milliseconds.
 *
 * <p>If {@code --aot} comes before a command of the JVM, one run that is not timed makes an AOT
 * cache (JEP 514) for the others.
 */
final class StartUps {
  private static final int NO_SUCH_ROW = 3;
  private static final String AOT = "--aot";

  /** How many arguments come after the command. */
  private static final int OPTIONS = 4;

  private static final Path OWN_STAT = Path.of("/proc/self/stat");
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on all Linux

  private StartUps() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    List<String> command = List.of(args).subList(0, args.length - OPTIONS);
    String[] options = Arrays.copyOfRange(args, args.length - OPTIONS, args.length);
    if (!command.getFirst().equals(AOT)) {
      measure("", command, options);
      return;
    }
    Path home = Files.createTempDirectory("asyncio4j-bench");
    boolean made;
    try {
      made = measureWithCache(command.subList(1, command.size()), home, options);
    } finally {
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    if (!made) {
      System.err.println("the JVM has made no AOT cache; its class path must be jars only");
      System.exit(NO_SUCH_ROW);
    }
  }

  private static boolean measureWithCache(List<String> command, Path home, String[] options)
      throws Exception {
    Path cache = home.resolve("startup.aot");
    run(withFlag(command, "-XX:AOTCacheOutput=" + cache));
    if (!Files.exists(cache)) {
      return false;
    }
    measure(", AOT cache", withFlag(command, "-XX:AOTCache=" + cache), options);
    return true;
  }

  private static List<String> withFlag(List<String> java, String flag) {
    List<String> whole = new ArrayList<>(java);
    whole.add(1, flag);
    return whole;
  }

  private static void measure(String addition, List<String> command, String[] options)
      throws Exception {
    Run first = run(command); // which also has the system read its files
    Rounds.Work startUp =
        (_, clock) -> {
          long cpu = cpuOfChildren();
          long nanos = run(command).nanos;
          clock.took(nanos, cpuOfChildren() - cpu);
        };
    Rounds.run(first.name + addition, first.version, Map.of("startup", startUp), options);
  }

  private record Run(String name, String version, long nanos) {}

  private static Run run(List<String> command) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (Child child = Child.start(command)) {
      String name = child.readLine();
      String version = child.readLine();
      long nanos = System.nanoTime() - begin;
      child.drain();
      return new Run(name, version, nanos);
    }
  }

  /** Returns the CPU time of the processes that have ended. */
  private static long cpuOfChildren() throws IOException {
    String stat = Files.readString(OWN_STAT);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * NANOS_PER_TICK;
  }
}
