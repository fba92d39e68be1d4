package io.asyncio4j.bench;

import static io.asyncio4j.bench.Results.OURS;

import io.asyncio4j.bench.Target.Figure;
import java.util.List;

/** The rows inside one process, and the targets in them. */
final class MicroRows {
  private static final Row SWITCH =
      new Row("switch", "two tasks yield in turn, a yield", Unit.NANOS, 200_000);
  private static final Row WAKE =
      new Row("wake", "two tasks wake each other, an await", Unit.NANOS, 200_000);
  private static final Row GATHER =
      new Row("gather", "100,000 trivial tasks in a gather, a task", Unit.NANOS, 100_000);
  private static final Row GATHER_SLEEP0 =
      new Row("gather-sleep0", "the same with a yield in each, a task", Unit.NANOS, 100_000);
  private static final Row PINGPONG =
      new Row("pingpong", "there and back over two queues, a round trip", Unit.NANOS, 50_000);
  private static final Row PRODUCER_CONSUMER =
      new Row("producer-consumer", "a queue of 100 places, an item", Unit.NANOS, 200_000);
  private static final Row TIMERS =
      new Row("timers", "100,000 sleeps spread over 100 ms", Unit.MILLIS_IN_ALL, 100_000);
  private static final Row SEMAPHORE =
      new Row(
          "semaphore", "1,000 tasks, 10 permits, a yield inside, an acquire", Unit.NANOS, 100_000);
  private static final Row CANCEL =
      new Row("cancel", "100,000 sleepers cancelled, a task", Unit.NANOS, 100_000);
  private static final Row THREADSAFE =
      new Row(
          "threadsafe", "four threads hand callbacks to the loop, a callback", Unit.NANOS, 200_000);

  private static final Row ASLEEP_FEW = asleep(1_000, 1_000);
  private static final Row ASLEEP_MANY = asleep(100_000, 100_000);
  private static final Row ASLEEP_MILLION = asleep(1_000_000, 0);

  /** The name of ours with the two JVM flags that make tasks smaller. */
  static final String LEAN = "asyncio4j, two flags";

  private MicroRows() {}

  private static Row asleep(int size, int quickSize) {
    return new Row("asleep", "tasks asleep, a task", Unit.BYTES, size, quickSize);
  }

  static Group group() {
    return new Group(
        "micro",
        new Group.Plot("docs/benchmarks.svg", "The event loop beside its peers"),
        List.of(
            SWITCH,
            WAKE,
            GATHER,
            GATHER_SLEEP0,
            PINGPONG,
            PRODUCER_CONSUMER,
            TIMERS,
            SEMAPHORE,
            CANCEL,
            THREADSAFE),
        List.of(ASLEEP_FEW, asleep(10_000, 0), ASLEEP_MANY, ASLEEP_MILLION),
        List.of(
            than("a yield: at most 1.4 of the raw Continuation's", SWITCH, 1.4, "raw Continuation"),
            than("a yield: at most a sixth of uvloop's", SWITCH, 1 / 6.0, "uvloop"),
            than("an await: at most 1.7 of the raw Continuation's", WAKE, 1.7, "raw Continuation"),
            atMost("gather: at most 300 ns a task", GATHER, 300),
            than("gather: at most half of Go's", GATHER, 0.5, "Go"),
            than("gather: at most half of Node's", GATHER, 0.5, "Node"),
            new Target(
                "a queue's round trip: at most 2.5 awaits",
                new Figure(PINGPONG, OURS),
                2.5,
                new Figure(WAKE, OURS)),
            atMost("100,000 timers: at most 130 ms, of which 100 are waiting", TIMERS, 130),
            atMost("a cancel: at most 450 ns", CANCEL, 450),
            than("thread hand-over: ahead of Kotlin's dispatcher", THREADSAFE, 1, "Kotlin"),
            atMost("a task asleep: at most 800 bytes", ASLEEP_MANY, 800),
            new Target(
                "a task asleep, two flags: at most 700 bytes",
                new Figure(ASLEEP_MANY, LEAN),
                700,
                null),
            new Target(
                "starting one of a million sleepers: at most 6 times one of a thousand",
                new Figure(ASLEEP_MILLION, OURS, Unit.NANOS),
                6,
                new Figure(ASLEEP_FEW, OURS, Unit.NANOS))),
        false);
  }

  private static Target atMost(String says, Row row, double bound) {
    return new Target(says, new Figure(row, OURS), bound, null);
  }

  private static Target than(String says, Row row, double factor, String peer) {
    return new Target(says, new Figure(row, OURS), factor, new Figure(row, peer));
  }
}
