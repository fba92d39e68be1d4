package io.asyncio4j.cli;

import io.asyncio4j.refire.Plan;
import io.asyncio4j.refire.ProgressListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Progress on standard error: one line drawn again and again on a terminal, a line every few
 * seconds elsewhere.
 *
 * <p>The run only leaves its latest state here; a thread of the display's own draws it, so that a
 * slow terminal does not hold the loop.
 */
final class ProgressDisplay implements ProgressListener, AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration PLAIN = Duration.ofSeconds(5);
  private static final Duration SAID_AGAIN = Duration.ofSeconds(30);
  private static final int NOTES_REMEMBERED = 100;
  private static final String TO_LINE_START = "\r";
  private static final String ERASE_TO_LINE_END = "\u001b[K";

  private final Terminal terminal;
  private final PrintStream out;
  private final ProgressLine line;
  private final Pace pace = new Pace();
  private final Queue<String> notes = new ConcurrentLinkedQueue<>();
  private final Thread drawer;
  private volatile @Nullable Reading reading;
  private volatile @Nullable Firing firing;
  private boolean closed;

  /** When each of the latest notes was put out, so that one that is repeated is so now and then. */
  private final Map<String, Long> saidAt =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > NOTES_REMEMBERED;
        }
      };

  /** What was last put out in plain form, so that nothing is said twice. */
  private @Nullable Object lastPlain;

  private long plainSince = System.nanoTime();

  ProgressDisplay(Terminal terminal) {
    this.terminal = terminal;
    this.out = terminal.out();
    this.line = new ProgressLine(terminal);
    this.drawer = Thread.ofPlatform().name("asyncio4j-progress").daemon().unstarted(this::draw);
  }

  /** Begins to draw. */
  ProgressDisplay start() {
    drawer.start();
    return this;
  }

  @Override
  public void reading(Reading state) {
    reading = state;
  }

  @Override
  public void planned(Plan plan) {
    reading = null;
    firing = new Firing(plan.sendable(), 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void firing(Firing state) {
    firing = state;
  }

  @Override
  public void note(String message) {
    notes.add(message);
  }

  /** Draws the last state and leaves it on the screen. Blocks until that is done. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (true) {
      try {
        drawer.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw() {
    while (!waitForClose(REDRAW)) {
      drawOnce(System.nanoTime(), false);
    }
    drawOnce(System.nanoTime(), true);
    if (terminal.redraws() && (reading != null || firing != null)) {
      out.println();
    }
    out.flush();
  }

  private synchronized boolean waitForClose(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      for (long left = pause.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      return true; // nobody but a JVM that ends interrupts this thread
    }
    return closed;
  }

  private void drawOnce(long nanos, boolean last) {
    StringBuilder text = new StringBuilder();
    for (String note = notes.poll(); note != null; note = notes.poll()) {
      Long said = saidAt.put(note, nanos);
      if (said != null && nanos - said < SAID_AGAIN.toNanos()) {
        saidAt.put(note, said);
        continue;
      }
      text.append(terminal.redraws() ? TO_LINE_START + ERASE_TO_LINE_END : "")
          .append(note)
          .append(System.lineSeparator());
    }
    Reading read = reading;
    Firing fired = firing;
    if (fired != null) {
      pace.note(nanos, fired.attempts(), fired.done());
    }
    if (terminal.redraws()) {
      int width = terminal.width();
      String state =
          read != null
              ? line.reading(read, width)
              : fired != null ? line.firing(fired, pace, width) : "";
      text.append(TO_LINE_START).append(state).append(ERASE_TO_LINE_END);
    } else {
      Object state = read != null ? read : fired;
      boolean due = last || nanos - plainSince >= PLAIN.toNanos();
      if (due && state != null && !state.equals(lastPlain)) {
        lastPlain = state;
        plainSince = nanos;
        text.append(
                read != null
                    ? line.reading(read, Integer.MAX_VALUE)
                    : line.firingPlain(java.util.Objects.requireNonNull(fired), pace))
            .append(System.lineSeparator());
      }
    }
    if (!text.isEmpty()) {
      out.print(text);
      out.flush();
    }
  }
}
