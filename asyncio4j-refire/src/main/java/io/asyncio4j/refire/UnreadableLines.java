package io.asyncio4j.refire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps lines that could not be read, each as {@code LOG:NUMBER: REASON: LINE}. It is
 * created with the first of them.
 */
final class UnreadableLines implements Closeable {
  private final @Nullable Path path;
  private final boolean overwrite;
  private @Nullable OutFile file;

  private UnreadableLines(@Nullable Path path, boolean overwrite) {
    this.path = path;
    this.overwrite = overwrite;
  }

  /** Keeps lines in the file that the options name. */
  static UnreadableLines in(RefireOptions options) {
    return new UnreadableLines(options.unreadableFile(), options.overwrite());
  }

  /** Keeps none. */
  static UnreadableLines none() {
    return new UnreadableLines(null, false);
  }

  /**
   * Keeps a line.
   *
   * @throws IOException if the file cannot be created or written
   */
  void add(String log, RawLine line, String reason) throws IOException {
    if (path == null) {
      return;
    }
    OutFile out = file;
    if (out == null) {
      out = new OutFile(path, overwrite);
      file = out;
    }
    String head = "%s:%d: %s: ".formatted(log, line.number(), reason);
    out.append(
        stream -> {
          stream.write(head.getBytes(StandardCharsets.UTF_8));
          stream.write(line.text().getBytes(StandardCharsets.ISO_8859_1));
          stream.write('\n');
        });
  }

  /** Returns the file if it was created. */
  Optional<Path> written() {
    return Optional.ofNullable(file).map(OutFile::path);
  }

  /** Removes the file if it was created: the run that it tells of did not take place. */
  void discard() throws IOException {
    if (file != null) {
      file.close();
      Files.deleteIfExists(file.path());
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
