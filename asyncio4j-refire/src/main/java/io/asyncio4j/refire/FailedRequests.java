package io.asyncio4j.refire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The requests that failed, each distinct one once, in the order in which they were met: its first
 * line, and the places of all lines that it stands for.
 *
 * <p>Two requests are the same if the first 128 bits of the SHA-256 of their identities are the
 * same. To find two that differ and are taken for one takes some 2^64 attempts, even for who writes
 * the log.
 *
 * <p>Everything is kept in four {@link Region regions}, hence on the heap up to a bound and on disk
 * beyond it. A distinct request takes 32 bytes, 32 to 64 in the index, its first line and 17 bytes;
 * a line takes 16 bytes.
 */
final class FailedRequests implements Closeable {
  /** How many bytes each of the four regions keeps on the heap. */
  static final long DEFAULT_BOUND = 4L << 20;

  private static final int RECORD = 32;
  private static final int COUNT = 0;
  private static final int FIRST_LINE = 8;
  private static final int HEAD = 16;
  private static final int TAIL = 24;

  private static final int PLACE = 16;
  private static final int NEXT = 8;
  private static final int FILE_SHIFT = 44;
  private static final long NUMBER_MASK = (1L << FILE_SHIFT) - 1;

  private static final int SLOT = 24;
  private static final int SLOT_ID = 16;
  private static final long FIRST_SLOTS = 256;

  private final Path directory;
  private final long bound;
  private final MessageDigest digest;
  private final Region records;
  private final Region lines;
  private final Region places;
  private Region index;
  private long slots;
  private long indexed;

  /**
   * A request that failed.
   *
   * @param id its number, from 0, in the order in which the requests were met
   * @param count how many lines it stands for
   * @param file the log of the first of them
   * @param first the first of them
   */
  record Failed(long id, long count, int file, RawLine first) {}

  /** Takes the places of lines. */
  @FunctionalInterface
  interface PlaceVisitor {
    /** Takes the number of a log and of a line in it. */
    void visit(int file, long line) throws IOException;
  }

  /** Makes an empty collection that spills to the directory. */
  FailedRequests(Path directory, long bound) {
    this.directory = directory;
    this.bound = bound;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
    records = new Region(directory, bound);
    lines = new Region(directory, bound);
    places = new Region(directory, bound);
    index = new Region(directory, bound);
  }

  /**
   * Adds a line.
   *
   * @param identity what makes its request distinct; null to make it a request of its own
   * @return whether it is the first one of its request
   * @throws IOException if the disk is full
   */
  boolean add(int file, RawLine line, byte @Nullable [] identity) throws IOException {
    long known = identity == null ? -1 : findOrClaim(digest.digest(identity));
    if (known >= 0) {
      addPlace(known * RECORD, file, line.number());
      return false;
    }
    long record = records.allocate(RECORD);
    records.setLong(record + FIRST_LINE, addLine(file, line));
    records.setLong(record + HEAD, -1);
    records.setLong(record + TAIL, -1);
    addPlace(record, file, line.number());
    return true;
  }

  /** Returns how many distinct requests there are. */
  long size() {
    return records.size() / RECORD;
  }

  /** Tells whether anything was moved to disk. */
  boolean spilled() {
    return records.spilled() || lines.spilled() || places.spilled() || index.spilled();
  }

  /** Ends the adding, and frees the index. */
  void complete() throws IOException {
    index.close();
  }

  /** Returns the request with this number. */
  Failed get(long id) {
    long record = id * RECORD;
    long at = records.getLong(record + FIRST_LINE);
    int file = lines.getInt(at);
    long number = lines.getLong(at + 4);
    int length = lines.getInt(at + 12);
    int ending = lines.getBytes(at + 16, 1)[0];
    String all = new String(lines.getBytes(at + 17, length + ending), StandardCharsets.ISO_8859_1);
    RawLine first =
        new RawLine(number, all.substring(0, length), all.substring(length), length, false);
    return new Failed(id, records.getLong(record + COUNT), file, first);
  }

  /** Gives the places of all lines of the request, in the order in which they were read. */
  void visitPlaces(long id, PlaceVisitor visitor) throws IOException {
    long at = records.getLong(id * RECORD + HEAD);
    while (at >= 0) {
      long place = places.getLong(at);
      visitor.visit((int) (place >>> FILE_SHIFT), place & NUMBER_MASK);
      at = places.getLong(at + NEXT);
    }
  }

  private long addLine(int file, RawLine line) throws IOException {
    byte[] text = line.text().getBytes(StandardCharsets.ISO_8859_1);
    byte[] ending = line.ending().getBytes(StandardCharsets.ISO_8859_1);
    long at = lines.allocate(17L + text.length + ending.length);
    lines.setInt(at, file);
    lines.setLong(at + 4, line.number());
    lines.setInt(at + 12, text.length);
    lines.setBytes(at + 16, new byte[] {(byte) ending.length});
    lines.setBytes(at + 17, text);
    lines.setBytes(at + 17 + text.length, ending);
    return at;
  }

  private void addPlace(long record, int file, long number) throws IOException {
    long at = places.allocate(PLACE);
    places.setLong(at, ((long) file << FILE_SHIFT) | number);
    places.setLong(at + NEXT, -1);
    long tail = records.getLong(record + TAIL);
    if (tail < 0) {
      records.setLong(record + HEAD, at);
    } else {
      places.setLong(tail + NEXT, at);
    }
    records.setLong(record + TAIL, at);
    records.setLong(record + COUNT, records.getLong(record + COUNT) + 1);
  }

  /** Returns the number of the request with this hash; -1 if it is new and got the next number. */
  private long findOrClaim(byte[] hash) throws IOException {
    long high = bytesToLong(hash, 0);
    long low = bytesToLong(hash, 8);
    Region table = index;
    if (indexed * 4 >= slots * 3) {
      table = enlarge(table);
    }
    long slot = slot(table, high, low);
    long claimed = table.getLong(slot + SLOT_ID);
    if (claimed != 0) {
      return claimed - 1;
    }
    claim(table, slot, high, low, size() + 1);
    return -1;
  }

  private Region enlarge(Region old) throws IOException {
    long oldSlots = slots;
    slots = oldSlots == 0 ? FIRST_SLOTS : oldSlots * 2;
    indexed = 0;
    Region table = new Region(directory, bound);
    index = table;
    try (old) {
      table.allocate(slots * SLOT);
      for (long at = 0; at < oldSlots * SLOT; at += SLOT) {
        long id = old.getLong(at + SLOT_ID);
        if (id != 0) {
          long high = old.getLong(at);
          long low = old.getLong(at + 8);
          claim(table, slot(table, high, low), high, low, id);
        }
      }
    }
    return table;
  }

  /** Returns the slot that has this hash, or the free one where it belongs. */
  private long slot(Region table, long high, long low) {
    long number = low & (slots - 1);
    while (true) {
      long at = number * SLOT;
      boolean free = table.getLong(at + SLOT_ID) == 0;
      if (free || (table.getLong(at) == high && table.getLong(at + 8) == low)) {
        return at;
      }
      number = (number + 1) & (slots - 1);
    }
  }

  private void claim(Region table, long slot, long high, long low, long id) {
    table.setLong(slot, high);
    table.setLong(slot + 8, low);
    table.setLong(slot + SLOT_ID, id);
    indexed++;
  }

  private static long bytesToLong(byte[] bytes, int offset) {
    long value = 0;
    for (int i = offset; i < offset + 8; i++) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    try (records;
        lines;
        places) {
      index.close();
    }
  }
}
