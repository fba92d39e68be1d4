package io.asyncio4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program of a peer. A peer may have several, for different rows; the first that has a row does
 * it.
 *
 * @param peer what the peer is called in tables
 * @param id what the peer is called on the command line
 * @param isJustInTime whether it is compiled while it runs, and needs a long warm-up for it
 * @param only the rows it is asked for; empty for all that it has
 */
record Program(
    String peer,
    String id,
    List<String> command,
    Map<String, String> environment,
    boolean isJustInTime,
    Set<String> only) {

  static Program of(String peer, String id, List<String> command) {
    return new Program(peer, id, command, Map.of(), false, Set.of());
  }

  /** Returns a program on this JVM's class path; its arguments are JVM flags and the main class. */
  static Program java(String peer, String id, String... arguments) {
    return javaOf(System.getProperty("java.class.path"), peer, id, arguments);
  }

  static Program javaOf(String classPath, String peer, String id, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath));
    command.addAll(List.of(arguments));
    return new Program(peer, id, List.copyOf(command), Map.of(), true, Set.of());
  }

  Program withEnvironment(String name, String value) {
    return new Program(peer, id, command, Map.of(name, value), isJustInTime, only);
  }

  Program compiledJustInTime() {
    return new Program(peer, id, command, environment, true, only);
  }

  Program onlyFor(String... rows) {
    return new Program(peer, id, command, environment, isJustInTime, Set.of(rows));
  }
}
