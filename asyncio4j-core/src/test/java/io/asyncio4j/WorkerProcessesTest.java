package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What concerns the processes of a {@link ProcessPoolExecutor} and their parent, each in a JVM of
 * its own.
 */
@Tag("foreign-blocking")
class WorkerProcessesTest {
  private static final ProcessPoolOptions ONE_WORKER =
      ProcessPoolOptions.defaults().withMaxWorkers(1);

  private static void print(Object line) {
    System.out.println(line);
  }

  // ---- what a worker prints, and how it dies for want of memory

  @Test
  void worker_printsToTheParentsOutput_hasNoInput_andDiesForWantOfMemory() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), Talks.class);
    assertThat(outcome.output())
        .contains("said by a worker\n", "said as an error\n", "input: -1\n", "greedy: 3 ")
        .contains("exit status 3 (with which a JVM ends too that runs out of memory)")
        .contains("and on: 1\n");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class Talks {
    public static void main(String[] args) throws Exception {
      run(
          () -> {
            try (var pool = ProcessPoolExecutor.create(ONE_WORKER.withJvmFlags("-Xmx32m"))) {
              int input =
                  pool.call(
                      () -> {
                        print("said by a worker");
                        System.err.println("said as an error");
                        return System.in.read();
                      });
              print("input: " + input);
              try {
                print(pool.call(() -> fill(new ArrayList<>())));
              } catch (BrokenWorkerException e) {
                print("greedy: " + e.exitStatus().orElseThrow() + " " + e.getMessage());
              }
              print("and on: " + pool.call(() -> 1));
            }
          });
    }

    private static int fill(List<byte[]> memory) {
      while (true) {
        memory.add(new byte[1_000_000]);
      }
    }
  }

  // ---- a parent that dies

  @Test
  void parentKilled_itsWorkersEnd_alsoInTheMiddleOfATask() throws Exception {
    Process parent =
        ForkedJvm.builder(List.of(ForkedJvm.FULL_MODE), Leaves.class)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = parent.inputReader()) {
      List<ProcessHandle> workers = new ArrayList<>();
      boolean idle = false;
      while (!idle || workers.size() < 2) {
        String line = lines.readLine();
        assertThat(line).isNotNull();
        if (line.startsWith("worker ")) {
          ProcessHandle.of(Long.parseLong(line.substring("worker ".length())))
              .ifPresent(workers::add);
        }
        idle |= line.equals("one is idle");
      }
      assertThat(workers).hasSize(2).allMatch(ProcessHandle::isAlive);
      parent.toHandle().destroyForcibly();
      for (ProcessHandle worker : workers) {
        worker.onExit().get();
      }
    } finally {
      parent.destroyForcibly();
    }
  }

  static final class Leaves {
    public static void main(String[] args) throws Exception {
      run(
          () -> {
            var pool = ProcessPoolExecutor.create(ProcessPoolOptions.defaults().withMaxWorkers(2));
            Task<Boolean> forEver =
                createTask(
                    () ->
                        pool.call(
                            () -> {
                              print("worker " + ProcessHandle.current().pid());
                              Thread.sleep(Duration.ofDays(1));
                              return true;
                            }));
            Asyncio.sleep(Duration.ZERO);
            print("worker " + pool.call(() -> ProcessHandle.current().pid()));
            print("one is idle");
            forEver.await();
          });
    }
  }

  @Test
  void parentEndsWithoutClosing_nothingKeepsIt() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), Forgets.class);
    assertThat(outcome.output()).isEqualTo("1\nhook\n");
    assertThat(outcome.exitCode()).isZero();
  }

  /** Leaves a pool open; the worker runs its shutdown hooks, since it has nothing to do. */
  static final class Forgets {
    public static void main(String[] args) throws Exception {
      run(
          () -> {
            var pool = ProcessPoolExecutor.create(ONE_WORKER);
            int one =
                pool.call(
                    () -> {
                      Runtime.getRuntime().addShutdownHook(new Thread(() -> print("hook")));
                      return 1;
                    });
            print(one);
          });
    }
  }

  // ---- flags and paths

  @Test
  void worker_takesOverFlagsButNoDebugger() throws Exception {
    ProcessBuilder builder =
        ForkedJvm.builder(
            List.of(
                ForkedJvm.FULL_MODE,
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0",
                "-Xmx123m",
                "-Dname=with space"),
            ShowsFlags.class);
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Dfrom.tool.options=yes");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("agents: 0\n")
        .contains("limit: true\n")
        .contains("properties: with space, yes\n")
        .contains("assertions: false\n");
    assertThat(output.split("Picked up JAVA_TOOL_OPTIONS", -1)).hasSize(2); // by the parent only
  }

  static final class ShowsFlags {
    public static void main(String[] args) throws Exception {
      run(
          () -> {
            try (var pool = ProcessPoolExecutor.create(ONE_WORKER)) {
              pool.call(ShowsFlags::show);
            }
          });
    }

    private static boolean show() {
      List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
      print("agents: " + flags.stream().filter(flag -> flag.startsWith("-agent")).count());
      print("limit: " + flags.contains("-Xmx123m"));
      print(
          "properties: "
              + System.getProperty("name")
              + ", "
              + System.getProperty("from.tool.options"));
      print("assertions: " + WorkerProcessesTest.class.desiredAssertionStatus());
      return true;
    }
  }

  @Test
  void flags_thatOnlyOneProcessCanHave_areNotPassedOn() {
    assertThat(
            WorkerCommand.inherited(
                List.of(
                    "-Xmx1g",
                    "-Xms1g",
                    "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                    "-agentpath:/opt/libasyncProfiler.so=start",
                    "-javaagent:/opt/weaver.jar",
                    "-Dcom.sun.management.jmxremote.port=9010",
                    "-Xlog:gc:file=gc.log",
                    "-Xlog:gc:gc.log",
                    "-Xlog:all=warning:stderr",
                    "-Xlog:disable",
                    "-XX:StartFlightRecording=filename=all.jfr",
                    "-XX:AOTCacheOutput=app.aot",
                    "-XX:AOTCache=app.aot",
                    "--module-path=/app",
                    "-Dcolor=red"),
                true))
        .containsExactly(
            "-Xmx1g",
            "-javaagent:/opt/weaver.jar",
            "-Xlog:all=warning:stderr",
            "-Xlog:disable",
            "-XX:AOTCache=app.aot",
            "-Dcolor=red");
  }

  @Test
  void caches_thatWereRecordedWithOtherModuleFlags_areNotPassedOn() {
    assertThat(
            WorkerCommand.inherited(
                List.of("-XX:AOTCache=app.aot", "-XX:SharedArchiveFile=app.jsa", "-ea"), false))
        .containsExactly("-ea");
  }

  @Test
  void manifest_ofAJar_becomesFlags() {
    Attributes attributes = new Attributes();
    attributes.putValue("Add-Opens", "java.base/java.lang java.base/java.util");
    attributes.putValue("Add-Exports", "java.base/sun.nio.ch");
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    assertThat(WorkerCommand.flagsOf(attributes))
        .containsExactly(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED");
  }

  private static final String IN_A_JAR =
      """
      import io.asyncio4j.Asyncio;
      import io.asyncio4j.LoopOptions;
      import io.asyncio4j.ProcessPoolExecutor;

      public class InAJar {
        record Twice(int number) implements java.util.concurrent.Callable<Integer>, java.io.Serializable {
          public Integer call() {
            // A loop in the worker has full mode too.
            return Asyncio.run(LoopOptions.defaults().withFullModeRequired(true), () -> 2 * number);
          }
        }

        public static void main(String[] args) {
          Asyncio.run(
              () -> {
                try (var pool = ProcessPoolExecutor.create()) {
                  System.out.println("twice: " + pool.call(new Twice(21)));
                }
              });
        }
      }
      """;

  @Test
  void jar_inAFolderWithASpace_startsItsWorkers(@TempDir Path folder) throws Exception {
    Path core = locationOf(ProcessPoolExecutor.class);
    Path classes = Files.createDirectories(folder.resolve("my classes"));
    Path source = Files.writeString(folder.resolve("InAJar.java"), IN_A_JAR);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-proc:none",
                "-cp",
                core.toString(),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(status).isZero();
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "InAJar");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, core.toUri().toString());
    manifest.getMainAttributes().putValue("Add-Opens", "java.base/java.lang");
    Path jar = classes.resolve("in a.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (String name : List.of("InAJar.class", "InAJar$Twice.class")) {
        out.putNextEntry(new JarEntry(name));
        out.write(Files.readAllBytes(classes.resolve(name)));
      }
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "in a.jar")
            .directory(classes.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).isEqualTo("twice: 42\n");
  }

  private static Path locationOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
