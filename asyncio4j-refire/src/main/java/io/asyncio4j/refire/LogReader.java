package io.asyncio4j.refire;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a log, plain or compressed with gzip, read one by one in constant memory.
 *
 * <p>An error in the middle of a log ends it: what was read before is given, the line that the
 * error cut is marked as such, and {@link #problem()} tells the error.
 */
final class LogReader implements AutoCloseable {
  /** The longest line that is read; of a longer one the beginning is kept. */
  static final int MAX_LINE = 1 << 20;

  private static final int BUFFER = 1 << 16;

  private final PeekingInputStream raw;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(256);
  private int position;
  private int limit;
  private long number;
  private @Nullable String problem;

  /**
   * Opens a log.
   *
   * @throws IOException if its first bytes cannot be read, or are those of gzip but its header is
   *     broken
   */
  LogReader(InputStream stream) throws IOException {
    raw = new PeekingInputStream(stream);
    in = raw.startsWithGzip() ? new GZIPInputStream(raw, BUFFER) : raw;
  }

  /** Returns the next line; null at the end. */
  @Nullable RawLine next() {
    pending.reset();
    long length = 0;
    while (true) {
      if (position == limit && !fill()) {
        return length == 0 ? null : line(length, "", problem != null);
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      int room = MAX_LINE + 1 - pending.size();
      pending.write(buffer, position, Math.min(room, end - position));
      length += end - position;
      boolean complete = end < limit;
      position = complete ? end + 1 : end;
      if (complete) {
        return line(length, "\n", false);
      }
    }
  }

  /** Returns how many bytes were taken from the log so far, as it is stored. */
  long bytesRead() {
    return raw.taken;
  }

  /** Returns why the log could not be read to its end; null if it could so far. */
  @Nullable String problem() {
    return problem;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private RawLine line(long length, String ending, boolean cut) {
    String text = pending.toString(StandardCharsets.ISO_8859_1);
    long bytes = length;
    String lineBreak = ending;
    if (bytes == text.length() && text.endsWith("\r")) {
      text = text.substring(0, text.length() - 1);
      bytes--;
      lineBreak = "\r" + ending;
    }
    if (text.length() > MAX_LINE) {
      text = text.substring(0, MAX_LINE);
    }
    return new RawLine(++number, text, lineBreak, bytes, cut);
  }

  private boolean fill() {
    if (problem != null) {
      return false;
    }
    position = 0;
    limit = 0;
    try {
      limit = Math.max(0, in.read(buffer));
    } catch (IOException e) {
      problem = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    return limit > 0;
  }

  /** A stream that tells truly whether more is to come, which the members of a gzip file need. */
  private static final class PeekingInputStream extends FilterInputStream {
    private final byte[] bytes = new byte[BUFFER];
    private int at;
    private int filled;
    private long taken;

    private PeekingInputStream(InputStream in) {
      super(in);
    }

    private boolean startsWithGzip() throws IOException {
      while (filled < 2) {
        int count = in.read(bytes, filled, bytes.length - filled);
        if (count < 0) {
          return false;
        }
        filled += count;
        taken += count;
      }
      return (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
    }

    private boolean ready() throws IOException {
      if (at == filled) {
        at = 0;
        filled = Math.max(0, in.read(bytes));
        taken += filled;
      }
      return at < filled;
    }

    @Override
    public int available() throws IOException {
      return ready() ? filled - at : 0;
    }

    @Override
    public int read() throws IOException {
      return ready() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!ready()) {
        return -1;
      }
      int count = Math.min(length, filled - at);
      System.arraycopy(bytes, at, target, offset, count);
      at += count;
      return count;
    }
  }
}
