package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.Asyncio.waitUntil;

import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.InvalidStateException;
import io.asyncio4j.Lock;
import io.asyncio4j.Queue;
import io.asyncio4j.QueueEmptyException;
import io.asyncio4j.QueueFullException;
import io.asyncio4j.Result;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Semaphore;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TaskGroupException;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.Timeout;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * What runs the programs that were recorded with CPython: lists of operations on shared tasks,
 * futures, an event, a queue, a lock and a semaphore. Each step is noted with the time, in words
 * that record.py uses too.
 */
final class ProgramInterpreter {
  private static final ReturnWhen[] CONDITIONS = {
    ReturnWhen.FIRST_COMPLETED, ReturnWhen.FIRST_EXCEPTION, ReturnWhen.ALL_COMPLETED
  };
  private static final int ROUNDS = 3;
  private static final Duration ROUND = Duration.ofMillis(60);

  /** What a program throws on purpose. */
  private static final class ProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProgramException(String name) {
      super(name);
    }
  }

  /** Makes a task of a body. */
  private interface Starter {
    Task<String> start(String name, Callable<String> body);
  }

  private final List<Object> program;
  private final VirtualClock clock;
  private final List<String> trace = new ArrayList<>();
  private final List<Task<String>> addressable = new ArrayList<>();
  private final List<Task<String>> tasks = new ArrayList<>();
  private final List<Future<Object>> futures = new ArrayList<>();
  private final Event event = new Event();
  private final Queue<String> queue = new Queue<>(2);
  private final Lock lock = new Lock();
  private final Semaphore semaphore = new Semaphore(2);
  private EventLoop loop;

  ProgramInterpreter(String program, VirtualClock clock) {
    this.program = list(parse(program));
    this.clock = clock;
  }

  List<String> trace() {
    return trace;
  }

  void note(String step) {
    trace.add(clock.elapsed().toMillis() + ":" + step);
  }

  /** Runs the program as the main task of a loop; what is left over is cancelled, in rounds. */
  void run(EventLoop onLoop) {
    loop = onLoop;
    for (int i = 0; i < 4; i++) {
      futures.add(loop.createFuture());
    }
    program.subList(1, program.size()).forEach(this::startAddressable);
    for (int round = 0; round < ROUNDS; round++) {
      sleep(ROUND);
      note("round " + states(tasks));
      List.copyOf(tasks).forEach(Task::cancel);
    }
    String left = futures.stream().map(ProgramInterpreter::state).collect(Collectors.joining(" "));
    note(
        "futs %s q%d %s %s"
            .formatted(left, queue.size(), word(lock.isLocked()), word(semaphore.isLocked())));
  }

  // ---- the text of a program: lists in parentheses, of words, numbers and lists

  private static Object parse(String text) {
    Deque<List<Object>> open = new ArrayDeque<>();
    open.push(new ArrayList<>());
    for (String token : text.replace("(", " ( ").replace(")", " ) ").trim().split("\\s+", -1)) {
      switch (token) {
        case "(" -> open.push(new ArrayList<>());
        case ")" -> {
          List<Object> closed = open.pop();
          open.element().add(closed);
        }
        default -> open.element().add(token.matches("-?\\d+") ? Integer.valueOf(token) : token);
      }
    }
    return open.element().getFirst();
  }

  @SuppressWarnings("unchecked") // parse makes lists of objects only
  private static List<Object> list(Object element) {
    return (List<Object>) element;
  }

  private static int number(Object element) {
    return (Integer) element;
  }

  private static Duration millis(Object element) {
    return Duration.ofMillis(number(element));
  }

  // ---- how outcomes are written

  private static String word(boolean value) {
    return value ? "True" : "False";
  }

  private static String name(Throwable e) {
    return switch (e) {
      case CancellationException _ -> "C";
      case ProgramException own -> "E" + own.getMessage();
      case TimeoutException _ -> "T";
      case TaskGroupException group ->
          group.exceptions().stream()
              .map(ProgramInterpreter::name)
              .collect(Collectors.joining(",", "G[", "]"));
      case InvalidStateException _ -> "I";
      case QueueEmptyException _ -> "QE";
      case QueueFullException _ -> "QF";
      case IllegalStateException _, IllegalArgumentException _ -> "R"; // RuntimeError, ValueError
      default -> e.toString();
    };
  }

  private static String state(Future<?> future) {
    return switch (future.state()) {
      case RUNNING -> "P";
      case CANCELLED -> "X";
      case SUCCESS -> "S";
      case FAILED -> "F:" + name(future.exception());
    };
  }

  private static String states(List<Task<String>> of) {
    return of.stream()
        .map(task -> state(task) + task.cancelling())
        .collect(Collectors.joining(" "));
  }

  private static String outcomes(GatheredResults<String> results) {
    return results.all().stream()
        .map(
            result ->
                switch (result) {
                  case Result.Success<String>(String value) -> value;
                  case Result.Failure<String>(Throwable e) -> name(e);
                })
        .collect(Collectors.joining(","));
  }

  // ---- tasks and futures that operations name by a number

  private Task<String> start(Object body, Starter starter) {
    String name = "t" + tasks.size();
    int place = tasks.size();
    tasks.add(null);
    Task<String> task = starter.start(name, () -> body(name, list(body)));
    tasks.set(place, task);
    return task;
  }

  private void startAddressable(Object body) {
    // its number counts from the moment at which it is there
    addressable.add(start(body, (name, callable) -> createTask(name, callable)));
  }

  private List<Task<String>> startAll(List<Object> bodies) {
    List<Task<String>> started = new ArrayList<>();
    for (Object body : bodies) {
      started.add(start(body, (name, callable) -> createTask(name, callable)));
    }
    return started;
  }

  private String body(String name, List<Object> operations) throws Exception {
    note(name + " begin");
    try {
      runAll(name, operations);
      note(name + " end");
      return name;
    } catch (Throwable e) {
      note(name + " raises " + name(e));
      throw e;
    }
  }

  private Task<String> task(Object number) {
    Task<String> task = addressable.get(number(number) % addressable.size());
    if (task == currentTask()) {
      throw new ProgramException("self");
    }
    return task;
  }

  private List<Task<String>> tasks(List<Object> numbers) {
    return numbers.stream().map(this::task).toList();
  }

  /** Returns a future that is not done, a new one if need be. */
  private Future<Object> pendingFuture(Object number) {
    int place = number(number);
    if (futures.get(place).isDone()) {
      futures.set(place, loop.createFuture());
    }
    return futures.get(place);
  }

  private Future<Object> future(Object number) {
    return futures.get(number(number));
  }

  // ---- operations

  private void runAll(String me, Object operations) throws Exception {
    List<Object> all = list(operations);
    for (Object operation : all.subList(1, all.size())) {
      run(me, list(operation));
    }
  }

  private void run(String me, List<Object> operation) throws Exception {
    String kind = (String) operation.getFirst();
    note(me + " " + kind);
    List<Object> arguments = operation.subList(1, operation.size());
    if (!runOnShared(me, kind, arguments)
        && !runOnTasks(me, kind, arguments)
        && !runScope(me, kind, arguments)) {
      throw new AssertionError("no operation " + kind);
    }
  }

  private boolean runOnShared(String me, String kind, List<Object> arguments) {
    switch (kind) {
      case "mark", "ret" -> {}
      case "sleep" -> sleep(millis(arguments.get(0)));
      case "raise" -> throw new ProgramException(String.valueOf(arguments.get(0)));
      case "cb" -> loop.callSoon(() -> note(me + " callback"));
      case "awaitf" -> pendingFuture(arguments.get(0)).await();
      case "shieldf" -> shield(pendingFuture(arguments.get(0))).await();
      case "cancelf" -> note(me + " " + word(future(arguments.get(0)).cancel()));
      case "setf" -> {
        if (!future(arguments.get(0)).isDone()) {
          future(arguments.get(0)).setResult(1);
        }
      }
      case "failf" -> {
        if (!future(arguments.get(0)).isDone()) {
          future(arguments.get(0)).setException(new ProgramException("f"));
        }
      }
      case "eset" -> event.set();
      case "eclr" -> event.clear();
      case "ewait" -> event.await();
      case "put" -> queue.put(me);
      case "get" -> note(me + " got " + queue.get());
      case "putn" -> queue.putNow(me);
      case "getn" -> note(me + " got " + queue.getNow());
      case "tdone" -> queue.taskDone();
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean runOnTasks(String me, String kind, List<Object> arguments) throws Exception {
    switch (kind) {
      case "await" -> {
        task(arguments.get(0)).await();
        note(me + " got");
      }
      case "cancel" -> note(me + " cancelled " + word(task(arguments.get(0)).cancel()));
      case "self" -> currentTask().cancel();
      case "uncancel" -> note(me + " " + currentTask().uncancel());
      case "shield" -> shield(task(arguments.get(0))).await();
      case "status" -> note(me + " " + states(addressable));
      case "spawn" -> startAddressable(arguments.get(0));
      case "wff" -> waitFor(task(arguments.get(0)), millis(arguments.get(1)));
      case "wait" -> waitForSome(me, arguments);
      case "asc" -> takeAsCompleted(me, arguments);
      case "gather" -> note(me + " " + String.join(",", gather(startAll(arguments)).await()));
      case "gatherr" -> note(me + " " + outcomes(gatherResults(startAll(arguments)).await()));
      case "gathert" -> {
        List<Task<String>> given = tasks(arguments.subList(1, arguments.size()));
        note(
            me
                + " "
                + (number(arguments.get(0)) == 1
                    ? outcomes(gatherResults(given).await())
                    : String.join(",", gather(given).await())));
      }
      case "gcancel" -> {
        Future<List<String>> gathering = gather(startAll(arguments.subList(1, arguments.size())));
        loop.callLater(
            millis(arguments.get(0)), () -> note(me + " gcancel " + word(gathering.cancel())));
        gathering.await();
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void waitForSome(String me, List<Object> arguments) {
    ReturnWhen condition = CONDITIONS[number(arguments.get(0))];
    List<Object> numbers = list(arguments.get(1));
    List<Task<String>> given = tasks(numbers.subList(1, numbers.size()));
    var result =
        number(arguments.get(2)) < 0
            ? waitUntil(condition, given)
            : waitUntil(condition, given, millis(arguments.get(2)));
    note(
        me
            + " done "
            + result.done().stream().map(Task::name).sorted().collect(Collectors.joining(",")));
  }

  private void takeAsCompleted(String me, List<Object> arguments) {
    List<Object> numbers = list(arguments.get(0));
    Set<Task<String>> given = new LinkedHashSet<>(tasks(numbers.subList(1, numbers.size())));
    if (given.stream().filter(Future::isDone).count() > 1) {
      return; // CPython keeps them in a set, whose order is none
    }
    Iterable<Future<String>> completed =
        number(arguments.get(1)) < 0
            ? asCompleted(given)
            : asCompleted(given, millis(arguments.get(1)));
    for (Future<String> future : completed) {
      note(me + " next " + ((Task<String>) future).name());
    }
  }

  private boolean runScope(String me, String kind, List<Object> arguments) throws Exception {
    switch (kind) {
      case "timeout" -> {
        Timeout timeout = Timeout.after(millis(arguments.get(0)));
        timeout.<String, Exception>run(
            () -> {
              runAll(me, arguments.get(1));
              return me;
            });
        note(me + " expired " + word(timeout.expired()));
      }
      case "waitfor" -> {
        ThrowingCallable<String, Exception> body =
            () -> {
              runAll(me, arguments.get(1));
              return me;
            };
        String result = waitFor(body, millis(arguments.get(0)));
        note(me + " " + result);
      }
      case "group" ->
          TaskGroup.run(
              group -> {
                for (Object body : arguments.subList(1, arguments.size())) {
                  start(body, (name, callable) -> group.createTask(name, callable));
                }
                runAll(me, arguments.get(0));
              });
      case "try" -> {
        try {
          runAll(me, arguments.get(0));
        } catch (CancellationException e) {
          throw e; // as in Python, where it is no Exception
        } catch (Exception e) {
          note(me + " caught " + name(e));
          runAll(me, arguments.get(1));
        }
      }
      case "tryc" -> {
        try {
          runAll(me, arguments.get(0));
        } catch (CancellationException e) {
          note(me + " caught " + name(e));
          runAll(me, arguments.get(1));
        }
      }
      case "fin" -> {
        try {
          runAll(me, arguments.get(0));
        } finally {
          runAll(me, arguments.get(1));
        }
      }
      case "lock" -> {
        try (var _ = lock.hold()) {
          runAll(me, arguments.get(0));
        }
      }
      case "sem" -> {
        try (var _ = semaphore.hold()) {
          runAll(me, arguments.get(0));
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
