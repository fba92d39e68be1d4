package io.asyncio4j;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a worker process of a {@link ProcessPoolExecutor}: this JVM's {@code
 * java}, class path, module path and flags.
 */
final class WorkerCommand {
  private static final String FULL_MODE_FLAG = "--add-opens=java.base/java.lang=";

  /** The flags of this JVM that name what it alone can have: ports, files and memory at once. */
  private static final List<String> NOT_PASSED_ON =
      List.of(
          // the paths are given anew
          "-Djava.class.path=",
          "--module-path=",
          "-Djdk.module.path=",
          "-Djdk.module.main=",
          // debuggers and profilers, which own a port or a file
          "-agentlib:",
          "-agentpath:",
          "-Xrun",
          "-Xdebug",
          // JMX over the network
          "-Dcom.sun.management.",
          // files that are written
          "-Xloggc:",
          "-XX:LogFile=",
          "-XX:StartFlightRecording",
          "-XX:ArchiveClassesAtExit=",
          "-XX:+AutoCreateSharedArchive",
          "-XX:AOTMode=",
          "-XX:AOTConfiguration=",
          "-XX:AOTCacheOutput=",
          // memory taken at the start
          "-Xms",
          "-XX:InitialHeapSize=",
          "-XX:InitialRAMPercentage=",
          "-XX:+AlwaysPreTouch");

  /** The flags that name what was recorded of a JVM with the same modules and their flags. */
  private static final List<String> CACHES = List.of("-XX:AOTCache=", "-XX:SharedArchiveFile=");

  private static final int LOG_OUTPUT = 2;

  /** Variables from which a JVM takes flags; this JVM's flags have them already. */
  static final List<String> VARIABLES_WITH_FLAGS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private WorkerCommand() {}

  /**
   * Returns the command, to which the argument of {@link WorkerMain} is to be added.
   *
   * @param moreFlags flags of the pool's own, which come last and so win
   */
  static List<String> of(List<String> moreFlags) {
    Module module = WorkerCommand.class.getModule();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
    List<String> ofModules = new ArrayList<>(ofManifest());
    if (FullMode.unavailable() == null
        && Stream.concat(flags.stream(), ofModules.stream())
            .noneMatch(flag -> flag.startsWith(FULL_MODE_FLAG))) {
      ofModules.add(FULL_MODE_FLAG + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }
    command.addAll(inherited(flags, ofModules.isEmpty() && !module.isNamed()));
    command.addAll(ofModules);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(moreFlags);
    addPath(command, "-p", System.getProperty("jdk.module.path"));
    addPath(command, "-cp", System.getProperty("java.class.path"));
    if (module.isNamed()) {
      String main = System.getProperty("jdk.module.main");
      command.add("--add-modules");
      command.add(main == null ? "ALL-MODULE-PATH" : main);
      command.add("-m");
      command.add(module.getName() + "/" + WorkerMain.class.getName());
    } else {
      command.add(WorkerMain.class.getName());
    }
    return command;
  }

  private static void addPath(List<String> command, String flag, @Nullable String path) {
    if (path != null && !path.isEmpty()) {
      command.add(flag);
      command.add(path);
    }
  }

  /**
   * Returns the flags that a worker takes over.
   *
   * @param sameModules whether its modules and their flags are the same too; else the JVM would
   *     refuse its caches, with errors printed
   */
  static List<String> inherited(List<String> flags, boolean sameModules) {
    return flags.stream()
        .filter(flag -> NOT_PASSED_ON.stream().noneMatch(flag::startsWith))
        .filter(flag -> !logsToFile(flag))
        .filter(flag -> sameModules || CACHES.stream().noneMatch(flag::startsWith))
        .toList();
  }

  private static boolean logsToFile(String flag) {
    String[] parts = flag.split(":", -1);
    return parts[0].equals("-Xlog")
        && parts.length > LOG_OUTPUT
        && !List.of("", "stdout", "stderr").contains(parts[LOG_OUTPUT]);
  }

  /** Returns as flags what the manifest of a jar says that counts for {@code java -jar} only. */
  private static List<String> ofManifest() {
    String classPath = System.getProperty("java.class.path", "");
    if (classPath.isEmpty()
        || !classPath.endsWith(".jar")
        || !System.getProperty("sun.java.command", "").startsWith(classPath)) {
      return List.of();
    }
    try (JarFile jar = new JarFile(classPath)) {
      Manifest manifest = jar.getManifest();
      return manifest == null ? List.of() : flagsOf(manifest.getMainAttributes());
    } catch (IOException _) {
      return List.of(); // the class path is no single jar, and so this was not java -jar
    }
  }

  static List<String> flagsOf(Attributes manifest) {
    List<String> flags = new ArrayList<>();
    addPackages(flags, "--add-opens=", manifest.getValue("Add-Opens"));
    addPackages(flags, "--add-exports=", manifest.getValue("Add-Exports"));
    String nativeAccess = manifest.getValue("Enable-Native-Access");
    if (nativeAccess != null) {
      flags.add("--enable-native-access=" + nativeAccess);
    }
    return flags;
  }

  private static void addPackages(List<String> flags, String flag, @Nullable String packages) {
    if (packages != null) {
      for (String each : packages.strip().split(" +", -1)) {
        flags.add(flag + each + "=ALL-UNNAMED");
      }
    }
  }
}
