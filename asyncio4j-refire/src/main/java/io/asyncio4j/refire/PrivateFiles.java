package io.asyncio4j.refire;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that nobody but their owner may read from the moment they exist: URLs hold secrets. */
final class PrivateFiles {
  private PrivateFiles() {}

  /**
   * Creates a file for writing. A file that is there is replaced by a new one, not written over,
   * since it might be readable by others or be a link to somewhere else. A device or pipe is opened
   * as it is.
   *
   * @throws FileAlreadyExistsException if it exists and may not be replaced
   * @throws IOException if it cannot be created
   */
  static FileChannel create(Path file, boolean overwrite) throws IOException {
    if (isDevice(file)) {
      return FileChannel.open(file, StandardOpenOption.WRITE);
    }
    if (overwrite) {
      Files.deleteIfExists(file);
    }
    return FileChannel.open(
        file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), ownerOnly());
  }

  /**
   * Creates a file for reading and writing that is gone when it is closed.
   *
   * @throws IOException if neither the directory nor the system's directory for such files takes it
   */
  static FileChannel temporary(Path directory) throws IOException {
    Path file;
    try {
      file = Files.createTempFile(directory, ".refire", ".tmp");
    } catch (IOException notWritable) {
      try {
        file = Files.createTempFile(".refire", ".tmp");
      } catch (IOException e) {
        e.addSuppressed(notWritable);
        throw e;
      }
    }
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    if (isPosix()) {
      // An open file goes on without a name, and then not even a killed process leaves it behind.
      Files.deleteIfExists(file);
    }
    return channel;
  }

  /**
   * Tells why a file cannot be created, without creating it for good.
   *
   * @throws NoSuchFileException if its directory does not exist
   * @throws IOException if it cannot be created
   */
  static void probe(Path file) throws IOException {
    create(file, false).close();
    Files.delete(file);
  }

  /**
   * Tells whether there is a device or a pipe, such as {@code /dev/null} or {@code /dev/stdout}.
   * These are never removed, nor what else stands in {@code /dev}: it is not ours.
   */
  static boolean isDevice(Path file) {
    if (!Files.exists(file)) {
      return false;
    }
    boolean plain = Files.isRegularFile(file) || Files.isDirectory(file);
    return !plain || file.toAbsolutePath().normalize().startsWith("/dev");
  }

  private static FileAttribute<?>[] ownerOnly() {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
