package io.asyncio4j.refire;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Semaphore;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sending of what was chosen: takes the requests in their order, fires each, repeats what
 * fails, and records each outcome as soon as it is final. For the tasks and callbacks of one loop.
 *
 * <p>A request is a task from its first attempt to its last. There are as many as may be in flight,
 * and {@value #MAX_WAITING} more, so that requests which wait for their next attempt do not keep
 * others from their first.
 */
final class Engine {
  static final int MAX_WAITING = 1000;
  private static final int YIELD_EVERY = 256;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;

  /** How many bad answers in a row make a Retry-After one for the whole host. */
  private static final int BAD_IN_A_ROW = 6;

  /** How long servers may be silent before attempts without an answer end the run. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * What comes from outside, and what tests decide.
   *
   * @param sender what puts requests on the wire
   * @param clock the time of day
   * @param random what spreads the attempts
   */
  record World(Sender sender, InstantSource clock, RandomGenerator random) {}

  private final RefireOptions options;
  private final Plan plan;
  private final FailedRequests requests;
  private final Records records;
  private final ProgressListener listener;
  private final World world;
  private final TargetBuilder targets;
  private final Backoff backoff;
  private final Gate gate;
  private final Pace pace;
  private final Semaphore slots;
  private final Tally tally = new Tally();
  private final EventLoop loop = EventLoop.current();

  /** The requests that have a task, begun or not, and no outcome that is recorded. */
  private final Set<Request> live = new LinkedHashSet<>();

  /** How many answers of each host were bad one after another. */
  private final Map<Origin, Integer> badInARow = new HashMap<>();

  private long cursor;
  private int waiting;
  private int failedInARow;
  private long goodAnswers;
  private int unansweredInARow;
  private long lastAnswer = loop.time();
  private @Nullable Task<?> work;
  private @Nullable String stopped;

  Engine(
      RefireOptions options,
      Plan plan,
      FailedRequests requests,
      Records records,
      ProgressListener listener,
      World world,
      int concurrency) {
    this.options = options;
    this.plan = plan;
    this.requests = requests;
    this.records = records;
    this.listener = listener;
    this.world = world;
    targets = new TargetBuilder(options);
    backoff = new Backoff(world.random());
    gate = new Gate(concurrency);
    pace = new Pace(options.rate());
    slots = new Semaphore(concurrency + MAX_WAITING);
  }

  /**
   * Fires everything, and suspends the calling task until each outcome is recorded.
   *
   * @throws CancellationException if the calling task was cancelled; everything known is recorded
   */
  Summary run() {
    long start = loop.time();
    Task<?> all = Asyncio.createTask("refire", () -> TaskGroup.run(this::feed));
    work = all;
    if (stopped != null) {
      all.cancel();
    }
    try {
      all.await();
    } catch (CancellationException e) {
      if (stopped == null) {
        stopped = "its task was cancelled";
        throw e;
      }
    } finally {
      recordRest();
    }
    Duration elapsed = Duration.ofNanos(loop.time() - start);
    return tally.summary(plan, elapsed, records.files(), Optional.ofNullable(stopped));
  }

  /** Ends the run early; the first reason counts. Does nothing if the run is over. */
  void stop(String reason) {
    Task<?> all = work;
    if (stopped != null || (all != null && all.isDone())) {
      return;
    }
    stopped = reason;
    if (all != null) {
      all.cancel();
    }
  }

  private void feed(TaskGroup group) {
    while (cursor < requests.size() && stopped == null) {
      Request request = new Request(requests.get(cursor));
      if (request.sending instanceof Sending.Send send) {
        slots.acquire();
        group.createTask("refire-" + cursor, () -> request.fire(send));
        live.add(request);
      } else {
        request.conclude();
      }
      cursor++;
      if (cursor % YIELD_EVERY == 0) {
        Asyncio.sleep(Duration.ZERO);
      }
    }
  }

  /**
   * Records what was never begun: tasks that were cancelled before their first step, and the rest.
   */
  private void recordRest() {
    for (Request request : List.copyOf(live)) {
      request.conclude();
    }
    while (cursor < requests.size()) {
      new Request(requests.get(cursor)).conclude();
      cursor++;
    }
  }

  private void tell() {
    listener.firing(
        new ProgressListener.Firing(
            plan.sendable(),
            tally.done(),
            tally.recovered(),
            tally.failing(),
            gate.inside(),
            waiting,
            gate.ceiling(),
            tally.attempts()));
  }

  /** Stops the run if the limit of failures in a row is reached. */
  private void checkInARow(int inARow, String what) {
    int limit = options.maxFailuresInARow();
    if (limit > 0 && inARow >= limit) {
      stop("%s, %d in a row".formatted(what, inARow));
    }
  }

  /** A request on its way to its outcome. */
  private final class Request {
    private final FailedRequests.Failed failed;
    private final LogLine line;
    private final Sending sending;
    private int attempts;

    /** How many of the attempts were made by the client itself after a stale connection. */
    private int sentAgain;

    private long goodAnswersBefore;
    private Duration askedToWait = Duration.ZERO;

    /** What is known so far; null before the first attempt. */
    private @Nullable Outcome outcome;

    private Request(FailedRequests.Failed failed) {
      this.failed = failed;
      if (!(LineParser.parse(failed.first().text())
          instanceof LineParser.Understood(LogLine read))) {
        throw new IllegalStateException(
            "line %d could be read when it was chosen, and now cannot"
                .formatted(failed.first().number()));
      }
      line = read;
      sending = targets.build(read.request());
    }

    /** Makes all attempts; the body of the request's task. */
    private void fire(Sending.Send send) {
      try {
        boolean more = attempt(send);
        while (more) {
          waiting++;
          try {
            Duration wait = backoff.after(attempts - sentAgain);
            Asyncio.sleep(wait.compareTo(askedToWait) < 0 ? askedToWait : wait);
          } finally {
            waiting--;
          }
          more = attempt(send);
        }
      } finally {
        conclude();
        slots.release();
      }
    }

    /** Makes an attempt, unless the run is being stopped, and tells whether to make another. */
    private boolean attempt(Sending.Send send) {
      try (Gate.Place place = enter(send.origin())) {
        if (stopped != null) {
          return false;
        }
        if (attempts == 0) {
          goodAnswersBefore = goodAnswers;
        }
        attempts++;
        tally.attempt();
        Instant at = world.clock().instant();
        long begun = loop.time();
        Attempt attempt;
        try {
          attempt = world.sender().send(send);
        } catch (CancellationException e) {
          outcome = interrupted(at, Duration.ofNanos(loop.time() - begun));
          throw e;
        }
        for (int more = attempt.sent() - 1; more > 0; more--) {
          attempts++;
          sentAgain++;
          tally.attempt();
        }
        Outcome before = outcome;
        Outcome now = outcome(attempt, at, Duration.ofNanos(loop.time() - begun));
        outcome = now;
        weigh(send.origin(), place, before, now);
        askedToWait = Duration.ZERO;
        if (attempt instanceof Attempt.Answered answered && isBad(now)) {
          heed(send.origin(), answered);
        }
        return mayBeSentAgain(now);
      } finally {
        tell();
      }
    }

    private Gate.Place enter(Origin origin) {
      while (true) {
        pace.awaitHost(origin);
        Gate.Place place = gate.enter();
        boolean go = false;
        try {
          if (!pace.isPaused(origin)) {
            pace.awaitTurn();
            go = !pace.isPaused(origin);
          }
        } finally {
          if (!go) {
            place.close();
          }
        }
        if (go) {
          return place;
        }
      }
    }

    private Outcome outcome(Attempt attempt, Instant at, Duration took) {
      return switch (attempt) {
        case Attempt.Answered(int status, long size, _, _) -> {
          tally.latency(took);
          Outcome.Kind kind =
              options.success().contains(status) ? Outcome.Kind.RECOVERED : Outcome.Kind.FAILING;
          yield new Outcome(kind, status, null, "", attempts, size, at, took);
        }
        case Attempt.Failed(FailureKind kind, String detail, _) ->
            new Outcome(
                Outcome.Kind.FAILING, LogLine.NO_STATUS, kind, detail, attempts, 0, at, took);
      };
    }

    private Outcome interrupted(Instant at, Duration took) {
      return new Outcome(
          Outcome.Kind.INTERRUPTED,
          LogLine.NO_STATUS,
          FailureKind.INTERRUPTED,
          whyStopped(),
          attempts,
          0,
          at,
          took);
    }

    /**
     * Tells the gate and the counts what an attempt says about the servers. That a request fails as
     * it failed before says nothing about them, but for 429 and connections that cannot be made.
     */
    private void weigh(Origin origin, Gate.Place place, @Nullable Outcome before, Outcome now) {
      if (!isBad(now)) {
        place.wasGood();
        goodAnswers++;
        failedInARow = 0;
        badInARow.remove(origin);
      } else if (before == null || !isSameOfPage(before, now)) {
        place.wasBad(isOverload(now));
        badInARow.merge(origin, 1, Integer::sum);
      }
      FailureKind failure = now.failure();
      if (failure == null) {
        unansweredInARow = 0;
        lastAnswer = loop.time();
      } else {
        unansweredInARow++;
        if (loop.time() - lastAnswer >= PATIENCE.toNanos()) {
          checkInARow(unansweredInARow, "attempts got no answer (%s)".formatted(failure.id()));
        }
      }
    }

    /**
     * Heeds Retry-After: this request waits, and so does everything to its host if that means all
     * of it: with 429, or when others fail there too.
     */
    private void heed(Origin origin, Attempt.Answered answered) {
      Duration wait =
          RetryAfter.parse(answered.retryAfter(), world.clock().instant(), options.retryAfterCap());
      if (wait == null) {
        return;
      }
      askedToWait = wait;
      boolean all =
          answered.status() == TOO_MANY_REQUESTS
              || badInARow.getOrDefault(origin, 0) >= BAD_IN_A_ROW;
      if (all && pace.pause(origin, wait)) {
        listener.note(
            "%s asks for a pause (Retry-After: %s); waiting %d s"
                .formatted(origin, answered.retryAfter(), Math.ceilDiv(wait.toMillis(), 1000L)));
      }
    }

    private boolean mayBeSentAgain(Outcome now) {
      return mayRepeat(now) && attempts - sentAgain <= options.retries();
    }

    /** Returns the outcome so far, which says so if the run was stopped before another attempt. */
    private @Nullable Outcome lastWord() {
      Outcome last = outcome;
      return last != null && stopped != null && mayBeSentAgain(last)
          ? last.adding(whyStopped() + ", before another attempt")
          : last;
    }

    /** Records what is known; nothing more will be. */
    private void conclude() {
      live.remove(this);
      Outcome last = lastWord();
      switch (sending) {
        case Sending.Refused(Refusal refusal, String detail, _, _) ->
            result(Outcome.notSent(refusal.text() + (detail.isEmpty() ? "" : ": " + detail)));
        case Sending.Send _ when last == null -> {
          tally.notSent();
          result(Outcome.notSent(whyStopped()));
        }
        case Sending.Send _ -> {
          if (log(last)) {
            tally.fired(last);
          } else {
            tally.unwritten();
          }
          result(last);
          judge(last);
          tell();
        }
      }
    }

    private boolean log(Outcome last) {
      try {
        records.log(failed, line, last);
        return true;
      } catch (IOException e) {
        stop(String.valueOf(e.getMessage()));
        return false;
      }
    }

    private void result(Outcome last) {
      try {
        records.result(failed, line, sending, last);
      } catch (IOException e) {
        stop(String.valueOf(e.getMessage()));
      }
    }

    /**
     * Counts a request that failed for good, unless others got good answers in the meantime: what
     * fails comes last since it is repeated, and would look like a row.
     */
    private void judge(Outcome last) {
      boolean failing = last.kind() == Outcome.Kind.FAILING && isBad(last);
      if (failing && goodAnswers == goodAnswersBefore) {
        failedInARow++;
        checkInARow(failedInARow, "requests failed for good");
      }
    }
  }

  private String whyStopped() {
    return "the run was stopped: " + stopped;
  }

  /** Tells whether an attempt shows servers in trouble, whatever became of the request. */
  private static boolean isBad(Outcome outcome) {
    return outcome.failure() != null
        || outcome.status() >= 500
        || outcome.status() == TOO_MANY_REQUESTS;
  }

  /** Tells whether an attempt says that the servers have too much to do, or are not there. */
  private static boolean isOverload(Outcome outcome) {
    FailureKind failure = outcome.failure();
    return failure == null
        ? outcome.status() == TOO_MANY_REQUESTS
            || outcome.status() == UNAVAILABLE
            || outcome.status() == GATEWAY_TIMEOUT
        : failure != FailureKind.RESET && failure != FailureKind.PROTOCOL;
  }

  /** Tells whether an attempt failed as the one before, in a way that may be the page's own. */
  private static boolean isSameOfPage(Outcome before, Outcome now) {
    FailureKind failure = now.failure();
    boolean ofPage =
        failure == null
            ? now.status() != TOO_MANY_REQUESTS
            : failure == FailureKind.RESET
                || failure == FailureKind.READ_TIMEOUT
                || failure == FailureKind.PROTOCOL;
    return ofPage && before.status() == now.status() && before.failure() == failure;
  }

  /** Tells whether another attempt may end otherwise. */
  private boolean mayRepeat(Outcome outcome) {
    if (outcome.kind() != Outcome.Kind.FAILING) {
      return false;
    }
    FailureKind failure = outcome.failure();
    if (failure != null) {
      return failure != FailureKind.TLS && failure != FailureKind.OTHER;
    }
    int status = outcome.status();
    return isBad(outcome) || status == 408 || status == 425 || options.status().contains(status);
  }
}
