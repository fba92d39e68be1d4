package io.asyncio4j.refire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that a run writes, checked all before anything is read or sent. */
final class OutputFiles {
  private OutputFiles() {}

  /**
   * Makes sure that the files of a run can be created.
   *
   * @throws RefireException if one is in the way, cannot be created, is a log, or is another one of
   *     them
   */
  static void check(RefireOptions options) throws RefireException {
    Map<Path, String> files = new LinkedHashMap<>();
    add(files, options.outFile(), "--out");
    add(files, options.unreadableFile(), "the file for unreadable lines");
    if (options.results().isPresent()) {
      add(files, options.results().get(), "--results");
    }
    for (Path file : files.keySet()) {
      check(file, options);
    }
  }

  /** Removes what an earlier run left, if it may be replaced and this run writes no such file. */
  static void removeStale(Path file, RefireOptions options) throws IOException {
    if (options.overwrite() && !PrivateFiles.isDevice(file)) {
      Files.deleteIfExists(file);
    }
  }

  private static void add(Map<Path, String> files, Path file, String role) throws RefireException {
    Path absolute = file.toAbsolutePath().normalize();
    String other = files.put(absolute, role);
    if (other != null) {
      throw new RefireException(
          "%s and %s are the same file, %s; name another one".formatted(other, role, file));
    }
  }

  private static void check(Path file, RefireOptions options) throws RefireException {
    try {
      for (String log : options.logs()) {
        boolean both = !log.equals(RefireOptions.STANDARD_INPUT) && Files.exists(file);
        if (both && Files.exists(Path.of(log)) && Files.isSameFile(file, Path.of(log))) {
          throw new RefireException(
              "%s would be written over the log %s; name another file".formatted(file, log));
        }
      }
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        PrivateFiles.probe(file);
        return;
      }
      if (Files.isDirectory(file)) {
        throw new RefireException("%s is a directory; name a file".formatted(file));
      }
      if (PrivateFiles.isDevice(file)) {
        return;
      }
      if (!options.overwrite()) {
        throw new RefireException(
            "%s exists; name another file with --out or replace it with --overwrite"
                .formatted(file));
      }
      if (!Files.isWritable(parent(file))) {
        throw new RefireException(
            "%s cannot be replaced: its directory is not writable".formatted(file));
      }
    } catch (IOException e) {
      throw new RefireException(
          "%s cannot be created (%s); name another file with --out"
              .formatted(file, Problems.describe(e)),
          e);
    }
  }

  /** Returns the directory of a file. */
  static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }
}
