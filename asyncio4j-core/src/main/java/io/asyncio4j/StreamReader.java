package io.asyncio4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The input of a connection or of a process: bytes that come when they come.
 *
 * <p>Methods that must wait suspend the calling task only. They are for the tasks of the loop that
 * the stream belongs to, and for one task at a time. One that finds in the buffer what it was asked
 * for returns at once.
 *
 * <p><b>Backpressure.</b> A reader takes from the network what it is asked for, and little more. A
 * task that reads slowly makes the sender wait.
 *
 * <p><b>Cancellation.</b> A read that is cancelled takes nothing: the next one gets all bytes, and
 * the connection stays as it is.
 *
 * <p><b>Limit.</b> {@link #readLine} and {@link #readUntil} look for a separator no further than
 * the limit, so that a peer that never sends one cannot fill the memory.
 *
 * <p>Counterpart of {@code asyncio.StreamReader}, but it reads ahead at most once, and {@link
 * #lines} gives text.
 */
public final class StreamReader {
  /* readuntil's search is that of asyncio 3.14's streams.py, with its treatment of several separators. */

  /** The limit of a reader that was given none: 64 KiB. */
  public static final int DEFAULT_LIMIT = 64 * 1024;

  private static final int SMALLEST_CHUNK = 4 * 1024;
  private static final int LARGEST_CHUNK = 64 * 1024;
  private static final byte[] NEWLINE = {'\n'};
  private static final byte[] NOTHING = {};

  private final int limit;
  private ByteSource source;
  private byte[] buffer = NOTHING;
  private int start;
  private int end;
  private int chunk = SMALLEST_CHUNK;
  private boolean eof;
  private boolean waiting;
  private @Nullable Throwable failure;

  /** Where a reader's bytes come from. */
  interface ByteSource {
    /** Reads at least one byte, suspending for it; returns -1 at the end. */
    int read(ByteBuffer into) throws IOException;
  }

  /**
   * Creates a reader that gets its bytes by {@link #feedData}, with the default limit. For tests of
   * what reads from streams. Does not suspend.
   */
  public StreamReader() {
    this(DEFAULT_LIMIT);
  }

  /**
   * Creates a reader that gets its bytes by {@link #feedData}.
   *
   * @param limit how far {@link #readLine} and {@link #readUntil} look, in bytes
   * @throws IllegalArgumentException if the limit is not positive
   */
  public StreamReader(int limit) {
    this(limit, new FedSource());
  }

  StreamReader(int limit, ByteSource source) {
    this.limit = checkLimit(limit);
    this.source = source;
  }

  static int checkLimit(int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("limit is " + limit + " bytes; it must be at least 1");
    }
    return limit;
  }

  // ---- reading

  /**
   * Reads what is there, or suspends the calling task until something is.
   *
   * <p>Counterpart of {@code StreamReader.read(n)}.
   *
   * @param most the largest number of bytes to return; with 0 it returns at once
   * @return at least one byte, or none at the end of the stream
   * @throws IOException if the connection is broken
   * @throws IllegalArgumentException if {@code most} is negative; {@link #readAll} has no bound
   * @throws IllegalStateException if another task reads, or if it must wait and the caller is no
   *     task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public byte[] read(int most) throws IOException {
    checkCount("read", most);
    checkUsable("read");
    if (most > 0 && start == end && !eof) {
      fill("read", most);
    }
    return take(Math.min(most, end - start));
  }

  /**
   * Reads until the end of the stream, suspending the calling task until it comes. Nothing bounds
   * what is read.
   *
   * <p>Counterpart of {@code StreamReader.read()}. If it is cancelled, what has come stays in the
   * reader, which in asyncio is lost.
   *
   * @return all bytes that are left, none at the end of the stream
   * @throws IOException if the connection is broken
   * @throws IllegalStateException if another task reads, or if it must wait and the caller is no
   *     task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public byte[] readAll() throws IOException {
    checkUsable("readAll");
    while (!eof) {
      fill("readAll", 0);
    }
    return take(end - start);
  }

  /**
   * Reads a number of bytes, suspending the calling task until all have come. The limit does not
   * bound it.
   *
   * <p>Counterpart of {@code StreamReader.readexactly}.
   *
   * @param count how many bytes; with 0 it returns at once
   * @return that many bytes
   * @throws IncompleteReadException if the stream ends before; it has what came
   * @throws IOException if the connection is broken
   * @throws IllegalArgumentException if {@code count} is negative
   * @throws IllegalStateException if another task reads, or if it must wait and the caller is no
   *     task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public byte[] readExactly(int count) throws IOException {
    checkCount("readExactly", count);
    checkUsable("readExactly");
    while (end - start < count) {
      if (eof) {
        throw new IncompleteReadException(count + " expected", take(end - start));
      }
      fill("readExactly", count - (end - start));
    }
    return take(count);
  }

  /**
   * Reads a line, suspending the calling task until it has come.
   *
   * <p>Counterpart of {@code StreamReader.readline}, whose {@code ValueError} is a {@link
   * LimitOverrunException}.
   *
   * @return the line with its {@code \n}; what is left without one at the end of the stream; none
   *     after that
   * @throws LimitOverrunException if the line is longer than the limit. Unlike {@link #readUntil}
   *     this drops the line, or, if its end has not come, all that has
   * @throws IOException if the connection is broken
   * @throws IllegalStateException if another task reads, or if it must wait and the caller is no
   *     task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public byte[] readLine() throws IOException {
    try {
      return readUntil(NEWLINE);
    } catch (IncompleteReadException e) {
      return e.partial();
    } catch (LimitOverrunException e) {
      int consumed = e.consumed();
      boolean ended = consumed < end - start && buffer[start + consumed] == '\n';
      take(ended ? consumed + 1 : end - start);
      throw e;
    }
  }

  /**
   * Reads until a separator, suspending the calling task until it has come. Of several separators
   * that one counts that ends first.
   *
   * <p>Counterpart of {@code StreamReader.readuntil}.
   *
   * @param separators at least one, none of them empty
   * @return the bytes up to the separator, and the separator
   * @throws IncompleteReadException if the stream ends before; it has what came
   * @throws LimitOverrunException if there are more bytes than the limit before the separator; they
   *     stay in the reader
   * @throws IOException if the connection is broken
   * @throws IllegalArgumentException if there is no separator, or an empty one
   * @throws IllegalStateException if another task reads, or if it must wait and the caller is no
   *     task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public byte[] readUntil(byte[]... separators) throws IOException {
    List<byte[]> shortestFirst =
        Arrays.stream(separators).sorted(Comparator.comparingInt(s -> s.length)).toList();
    if (shortestFirst.isEmpty() || shortestFirst.getFirst().length == 0) {
      throw new IllegalArgumentException(
          shortestFirst.isEmpty()
              ? "readUntil was given no separator; give one at least"
              : "a separator is empty; it must have a byte at least");
    }
    checkUsable("readUntil");
    int longest = shortestFirst.getLast().length;
    int searched = 0; // no separator begins before this
    while (true) {
      int matchStart = -1;
      int matchEnd = Integer.MAX_VALUE;
      for (byte[] separator : shortestFirst) {
        int found = indexOf(separator, searched);
        if (found >= 0 && found + separator.length < matchEnd) {
          matchStart = found;
          matchEnd = found + separator.length;
        }
      }
      if (matchStart > limit) {
        throw new LimitOverrunException(
            "the separator was found after "
                + matchStart
                + " bytes, which is beyond the limit of "
                + limit
                + "; read them otherwise, or give the stream a higher limit",
            matchStart);
      }
      if (matchStart >= 0) {
        return take(matchEnd);
      }
      searched = Math.max(searched, end - start + 1 - longest);
      if (searched > limit) {
        throw new LimitOverrunException(
            "no separator was found in "
                + (end - start)
                + " bytes, which is beyond the limit of "
                + limit
                + "; read them otherwise, or give the stream a higher limit",
            searched);
      }
      if (eof) {
        throw new IncompleteReadException("something that a separator ends", take(end - start));
      }
      fill("readUntil", 0);
    }
  }

  /**
   * Returns the lines that are left as text in UTF-8, without their line ends {@code \n} or {@code
   * \r\n}. Iterating suspends the calling task until a line has come, and ends with the stream.
   *
   * <p>Counterpart of {@code async for line in reader}, which gives bytes with the line ends.
   *
   * @return the lines, to be iterated once; an {@link IOException} comes as the cause of an {@link
   *     UncheckedIOException}
   */
  public Iterable<String> lines() {
    return lines(StandardCharsets.UTF_8);
  }

  /**
   * Returns the lines that are left as text, as {@link #lines()} does.
   *
   * @param charset what the bytes mean; one in which {@code \n} is one byte
   * @return the lines, to be iterated once
   */
  public Iterable<String> lines(Charset charset) {
    return () ->
        new Iterator<>() {
          private byte @Nullable [] next;

          @Override
          public boolean hasNext() {
            return upcoming().length > 0;
          }

          @Override
          public String next() {
            byte[] line = upcoming();
            if (line.length == 0) {
              throw new NoSuchElementException("the stream has ended");
            }
            next = null;
            int length = line.length;
            if (line[length - 1] == '\n') {
              length--;
              if (length > 0 && line[length - 1] == '\r') {
                length--;
              }
            }
            return new String(line, 0, length, charset);
          }

          private byte[] upcoming() {
            byte[] line = next;
            if (line == null) {
              try {
                line = readLine();
              } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
              }
              next = line;
            }
            return line;
          }
        };
  }

  /**
   * Tells whether nothing is left. Does not suspend; the end is known only once a read met it.
   *
   * <p>Counterpart of {@code StreamReader.at_eof}.
   *
   * @return whether the buffer is empty and the end was met
   */
  public boolean atEof() {
    return eof && start == end;
  }

  /**
   * Returns what broke this stream.
   *
   * <p>Counterpart of {@code StreamReader.exception}.
   *
   * @return the exception that {@link #setException} was given or that a read met, or null
   */
  public @Nullable Throwable exception() {
    return failure;
  }

  // ---- feeding

  /**
   * Appends bytes. Does not suspend. Only for readers made by a constructor.
   *
   * <p>Counterpart of {@code StreamReader.feed_data}.
   *
   * @param data the bytes
   * @throws IllegalStateException if this reader belongs to a connection, or after {@link #feedEof}
   */
  public void feedData(byte[] data) {
    FedSource fed = fed("feedData");
    if (fed.ended) {
      throw new IllegalStateException("feedData was called after feedEof");
    }
    makeRoom(data.length);
    System.arraycopy(data, 0, buffer, end, data.length);
    end += data.length;
    if (data.length > 0) {
      fed.wake();
    }
  }

  /**
   * Ends the stream. Does not suspend. Only for readers made by a constructor.
   *
   * <p>Counterpart of {@code StreamReader.feed_eof}.
   *
   * @throws IllegalStateException if this reader belongs to a connection
   */
  public void feedEof() {
    FedSource fed = fed("feedEof");
    fed.ended = true;
    eof = true;
    fed.wake();
  }

  /**
   * Breaks the stream: what reads, now or later, gets the exception as it is. Does not suspend.
   * Only for readers made by a constructor.
   *
   * <p>Counterpart of {@code StreamReader.set_exception}.
   *
   * @param exception what to throw
   * @throws IllegalStateException if this reader belongs to a connection
   */
  public void setException(Throwable exception) {
    FedSource fed = fed("setException");
    failure = exception;
    fed.wake();
  }

  private FedSource fed(String method) {
    if (source instanceof FedSource fed) {
      return fed;
    }
    throw new IllegalStateException(
        method + " is for readers made by new StreamReader(); this one reads a connection");
  }

  /** A source whose bytes go straight into the buffer. */
  private static final class FedSource implements ByteSource, Waitable {
    private @Nullable Turn waiter;
    private boolean ended;

    @Override
    public int read(ByteBuffer into) {
      Turn turn = new Turn(EventLoop.running(), this);
      waiter = turn;
      try {
        turn.await();
      } finally {
        waiter = null;
      }
      return 0;
    }

    void wake() {
      Turn turn = waiter;
      if (turn != null && !turn.isDone()) {
        turn.come();
      }
    }

    @Override
    public String describe() {
      return "StreamReader";
    }
  }

  // ---- the buffer

  private static void checkCount(String method, int count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          method + " was asked for " + count + " bytes; that must not be negative");
    }
  }

  private void checkUsable(String method) {
    if (waiting) {
      throw new IllegalStateException(
          method + " was called while another task waits for data; one task reads at a time");
    }
    if (failure != null && source instanceof FedSource) {
      throw Rethrow.<RuntimeException>as(failure);
    }
  }

  /** Reads more, suspending for it, or notes the end. Loses nothing if it is cancelled. */
  private void fill(String method, int wanted) throws IOException {
    checkUsable(method);
    int room = Math.max(Math.min(wanted, LARGEST_CHUNK), chunk);
    if (!(source instanceof FedSource)) {
      makeRoom(room);
    }
    waiting = true;
    try {
      int n = source.read(ByteBuffer.wrap(buffer, end, buffer.length - end));
      if (n < 0) {
        eof = true;
      } else {
        end += n;
        // A busy stream gets more room; one that trickles does not hold memory for nothing.
        chunk = n >= room ? Math.min(2 * chunk, LARGEST_CHUNK) : SMALLEST_CHUNK;
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      waiting = false;
    }
    checkUsable(method);
  }

  private void makeRoom(int room) {
    int size = end - start;
    if (buffer.length - end >= room) {
      return;
    }
    if (buffer.length - size >= room && start >= size) {
      System.arraycopy(buffer, start, buffer, 0, size);
    } else {
      byte[] larger = new byte[Math.max(size + room, Math.min(2 * size, Integer.MAX_VALUE - 8))];
      System.arraycopy(buffer, start, larger, 0, size);
      buffer = larger;
    }
    start = 0;
    end = size;
  }

  private byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(buffer, start, start + count);
    start += count;
    if (start == end) {
      start = 0;
      end = 0;
      if (buffer.length > 2 * Math.max(limit, SMALLEST_CHUNK)) {
        buffer = NOTHING; // it grew for one large read
      }
    }
    return taken;
  }

  /** Returns where the buffer has a separator, counted from its start, or -1. */
  private int indexOf(byte[] separator, int from) {
    int last = end - separator.length;
    for (int i = start + from; i <= last; i++) {
      if (buffer[i] == separator[0]
          && Arrays.equals(buffer, i, i + separator.length, separator, 0, separator.length)) {
        return i - start;
      }
    }
    return -1;
  }

  /** Gives out what the buffer holds and reads from elsewhere from now on. */
  byte[] switchTo(ByteSource other) {
    byte[] rest = take(end - start);
    source = other;
    return rest;
  }

  @Override
  public String toString() {
    return "StreamReader ("
        + (end - start)
        + " bytes"
        + (eof ? ", at the end" : "")
        + (limit == DEFAULT_LIMIT ? "" : ", limit " + limit)
        + (failure == null ? "" : ", broken by " + failure)
        + (waiting ? ", a task waits" : "")
        + ")";
  }
}
