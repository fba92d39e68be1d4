package io.asyncio4j;

import io.asyncio4j.WorkerChannel.Kind;
import io.asyncio4j.WorkerChannel.Message;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An executor whose tasks run in worker processes: JVMs that it starts, that can crash without
 * harm, and that are killed when the task that waits for them is cancelled.
 *
 * {@snippet :
 * record CountPrimes(int from, int to) implements Callable<Integer>, Serializable {
 *   @Override
 *   public Integer call() {
 *     return Primes.between(from, to);
 *   }
 * }
 * try (var pool = ProcessPoolExecutor.create()) {
 *   int primes = pool.call(new CountPrimes(2, 50_000));
 * }
 * }
 *
 * <p><b>Tasks.</b> A task is a {@link Callable} that is {@link Serializable}: a record, or a lambda
 * that is given to {@link #call(SerializableCallable)}. It is copied to the worker when it is
 * handed in, and its result or exception is copied back. An exception has its stack in the worker;
 * one that is not serializable comes as a {@link RemoteTaskException}. The worker has the state of
 * a JVM of its own: no static field, {@link Context} or thread-local of this one.
 *
 * <p><b>Workers.</b> They are started when there is work and none is free, which takes some 0.2 s.
 * Each has the {@code java} of this JVM, its class path, module path, system properties and flags,
 * but no debugger, profiler or other native agent, no JMX port, no log and recording files, and
 * nothing of what the program did since: {@code System.setProperty} and class loaders of its own.
 * So tasks cannot have classes that only a container or a fat jar's loader knows. What a worker
 * prints goes to this JVM's standard output and error; its standard input is empty. Ctrl-C at the
 * terminal does not end workers, their pool does.
 *
 * <p><b>When a worker dies</b>, by {@code System.exit}, a signal, a crash or for want of memory,
 * its task fails with a {@link BrokenWorkerException}; the others go on, and a new worker takes its
 * place. When this JVM ends, even by {@code kill -9}, its workers end, in the middle of a task too.
 *
 * <p><b>Order.</b> Tasks begin in the order in which they were handed in.
 *
 * <p><b>Threads.</b> A pool is for any thread and any number of loops. It has a daemon thread for
 * each worker. As an {@link ExecutorService} it keeps that contract; work that cannot be sent to
 * another process is refused with a {@link RejectedExecutionException}.
 *
 * <p><b>Security.</b> Pool and worker read objects that the other has written, over a Unix-domain
 * socket that only this user can reach. An {@link java.io.ObjectInputFilter} of the JVM ({@code
 * -Djdk.serialFilter}) holds at both ends. Give a task no bytes from a stranger to deserialize.
 *
 * <p>Counterpart of {@code concurrent.futures.ProcessPoolExecutor}, but a dead worker does not
 * break the pool, since no worker shares a queue or a lock with another; and cancelling a task that
 * runs kills its worker, where Python's goes on.
 */
public final class ProcessPoolExecutor implements ExecutorService {
  private final ProcessPoolOptions options;
  private final List<String> command;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CompletableFuture<@Nullable Void> terminated = new CompletableFuture<>();

  // Guarded by the lock.
  private final SequencedSet<PoolTask<?>> queue = new LinkedHashSet<>();
  private final List<Worker> workers = new ArrayList<>();
  private int busy;
  private boolean shutDown;
  private int threadsMade;
  private long completed;
  private long started;
  private long died;

  private volatile @Nullable String name;

  private ProcessPoolExecutor(ProcessPoolOptions options) {
    this.options = options;
    command = WorkerCommand.of(options.jvmFlags());
  }

  /**
   * Creates a pool with {@link ProcessPoolOptions#defaults()}. Starts no process yet.
   *
   * @return a pool; close it
   */
  public static ProcessPoolExecutor create() {
    return create(ProcessPoolOptions.defaults());
  }

  /**
   * Creates a pool. Starts no process yet.
   *
   * @param options how many workers, and how they are started
   * @return a pool; close it
   */
  public static ProcessPoolExecutor create(ProcessPoolOptions options) {
    return new ProcessPoolExecutor(options);
  }

  /**
   * The state of a pool at one moment.
   *
   * @param maxWorkers how many processes there are at most
   * @param pids the processes that there are
   * @param busyWorkers how many of them run a task, or are being started for one
   * @param tasksWaiting how many tasks wait for a worker
   * @param tasksCompleted how many tasks have returned or thrown
   * @param workersStarted how many processes were started so far
   * @param workersDied how many of them ended by themselves, where the pool had not asked for it
   */
  public record Statistics(
      int maxWorkers,
      List<Long> pids,
      int busyWorkers,
      int tasksWaiting,
      long tasksCompleted,
      long workersStarted,
      long workersDied) {}

  /**
   * Gives this pool a name for reports.
   *
   * @param newName the name
   * @return this pool
   */
  public ProcessPoolExecutor named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  // ---- for tasks of a loop

  /**
   * Runs a lambda in a worker process, and suspends the calling task until it has ended. What it
   * captures is copied: plain values, not {@code this}.
   *
   * <p><b>Fairness.</b> Calls begin in the order in which they were made.
   *
   * <p><b>Cancellation.</b> A call that waits for a worker never begins. One that runs is killed
   * with its worker, and with all processes that it started.
   *
   * <p>Counterpart of {@code await loop.run_in_executor(pool, …)}. {@link
   * EventLoop#runInExecutor(java.util.concurrent.Executor, Callable)} with this pool gives the
   * future.
   *
   * @param task what is run
   * @return its result, a copy
   * @param <T> the type of the result
   * @param <X> the checked exception that the task throws
   * @throws X what the task threw
   * @throws BrokenWorkerException if the worker ended while it ran the task, or could not start
   * @throws RejectedExecutionException if the task is not serializable, or the pool is shut down
   * @throws CancellationException if the calling task was cancelled, or the pool ended by {@link
   *     #shutdownNow}
   * @throws IllegalStateException if the caller is no task, or if the task or its result cannot be
   *     read or sent at the other end
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      SerializableCallable<? extends T, X> task) throws X {
    return this.<T, X>await(task);
  }

  /**
   * Runs a task in a worker process as {@link #call(SerializableCallable)} does. To catch a checked
   * exception around it, name it: {@code pool.<Integer, IOException>call(task)}.
   *
   * @param task what is run, {@link Serializable} too
   * @return its result, a copy
   * @param <T> the type of the result
   * @param <X> the checked exception that the caller wants to catch or declare
   * @throws X what the task threw
   * @throws BrokenWorkerException if the worker ended while it ran the task, or could not start
   * @throws RejectedExecutionException if the task is not serializable, or the pool is shut down
   * @throws CancellationException if the calling task was cancelled, or the pool ended by {@link
   *     #shutdownNow}
   */
  public <T extends @Nullable Object, X extends Exception> T call(Callable<? extends T> task)
      throws X {
    return this.<T, X>await(task);
  }

  private <T extends @Nullable Object, X extends Exception> T await(Callable<? extends T> task)
      throws X {
    EventLoop loop = Task.requireCurrent("ProcessPoolExecutor.call").owner();
    return loop.<T>runInExecutor(this, task).<X>await();
  }

  // ---- as an ExecutorService

  /**
   * Runs a command in a worker process. Does not wait. What it throws goes to the handler of
   * uncaught exceptions.
   *
   * @param command the command, {@link Serializable} too
   * @throws RejectedExecutionException if it is not serializable, or the pool is shut down
   */
  @Override
  public void execute(Runnable command) {
    CompletableFuture<?> outcome = submit(command);
    outcome.whenComplete(
        (_, failure) -> {
          if (failure != null && !outcome.isCancelled()) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
          }
        });
  }

  /**
   * Has a task run in a worker process. Does not wait. In a task of a loop, {@link #call(Callable)}
   * does, or {@link EventLoop#runInExecutor(java.util.concurrent.Executor, Callable)}.
   *
   * @param task what is run, {@link Serializable} too
   * @return its outcome, for any thread; {@code cancel(true)} kills the worker that runs it
   * @param <T> the type of the result
   * @throws RejectedExecutionException if it is not serializable, or the pool is shut down
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> task) {
    return submitTask(task);
  }

  /**
   * Has a command run in a worker process as {@link #submit(Callable)} does.
   *
   * @param command the command, {@link Serializable} too
   * @return its outcome
   * @throws RejectedExecutionException if it is not serializable, or the pool is shut down
   */
  @Override
  public CompletableFuture<@Nullable Void> submit(Runnable command) {
    return submitTask(new RunnableBody(Objects.requireNonNull(command, "command")));
  }

  /**
   * Has a command run in a worker process as {@link #submit(Callable)} does.
   *
   * @param command the command, {@link Serializable} too
   * @param result the result if the command ends without an exception; it stays in this process
   * @return its outcome
   * @param <T> the type of the result
   * @throws RejectedExecutionException if it is not serializable, or the pool is shut down
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Runnable command, T result) {
    RunnableBody body = new RunnableBody(Objects.requireNonNull(command, "command"));
    PoolTask<T> task =
        new PoolTask<>(this, body, bytesOf(body)) {
          @Override
          void succeed(@Nullable Object nothing) {
            complete(result);
          }
        };
    enqueue(task);
    return task;
  }

  <T extends @Nullable Object> PoolTask<T> submitTask(Callable<? extends T> body) {
    PoolTask<T> task = new PoolTask<>(this, body, bytesOf(body));
    enqueue(task);
    return task;
  }

  /**
   * Runs tasks in the worker processes and waits until all are done: in a task of a loop by
   * suspending it, elsewhere by blocking. There {@link Asyncio#gatherResults} does the same.
   *
   * @param tasks what is run, {@link Serializable} too
   * @return futures that are done, in the order of the collection
   * @param <T> the common type of the results
   * @throws InterruptedException if the calling thread was interrupted; what is left is killed
   * @throws CancellationException if the calling task was cancelled; what is left is killed
   * @throws RejectedExecutionException if one is not serializable, or the pool is shut down
   * @throws IllegalStateException in a callback of a loop
   */
  @Override
  public <T extends @Nullable Object> List<java.util.concurrent.Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks) throws InterruptedException {
    return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  /**
   * Runs tasks as {@link #invokeAll(Collection)} does, for a limited time, after which those that
   * are left are killed.
   *
   * @param tasks what is run, {@link Serializable} too
   * @param timeout the time, in a task on its loop's clock, else real
   * @param unit its unit
   * @return futures that are done, in the order of the collection
   * @param <T> the common type of the results
   * @throws InterruptedException as for {@link #invokeAll(Collection)}
   */
  @Override
  public <T extends @Nullable Object> List<java.util.concurrent.Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    try (EventsDue _ = new EventsDue()) {
      return Invocations.all(this::submit, tasks, unit.toNanos(timeout));
    }
  }

  /**
   * Runs tasks in the worker processes, waits as {@link #invokeAll(Collection)} does for the first
   * that succeeds, and kills the others.
   *
   * @param tasks what is run, at least one, {@link Serializable} too
   * @return the result of one that succeeded
   * @param <T> the common type of the results
   * @throws IllegalArgumentException if there is no task
   * @throws ExecutionException if none succeeded, with the last failure as its cause
   * @throws InterruptedException if the calling thread was interrupted; all are killed
   * @throws CancellationException if the calling task was cancelled; all are killed
   * @throws RejectedExecutionException if one is not serializable, or the pool is shut down
   * @throws IllegalStateException in a callback of a loop
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("a wait without a limit timed out", e);
    }
  }

  /**
   * Runs tasks as {@link #invokeAny(Collection)} does, for a limited time.
   *
   * @param tasks what is run, at least one, {@link Serializable} too
   * @param timeout the time, in a task on its loop's clock, else real
   * @param unit its unit
   * @return the result of one that succeeded
   * @param <T> the common type of the results
   * @throws java.util.concurrent.TimeoutException if none succeeded in time; all are killed
   * @throws ExecutionException if none succeeded, with the last failure as its cause
   * @throws InterruptedException if the calling thread was interrupted; all are killed
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    try (EventsDue _ = new EventsDue()) {
      return Invocations.any(this::submit, tasks, unit.toNanos(timeout));
    }
  }

  /** While it is open, the calling task's loop knows that something outside will wake the task. */
  private static final class EventsDue implements AutoCloseable {
    private final @Nullable Task<?> task = Task.current();

    EventsDue() {
      change(1);
    }

    private void change(int by) {
      if (task != null) {
        task.owner().resources().eventsDue(by);
      }
    }

    @Override
    public void close() {
      change(-1);
    }
  }

  /**
   * A command as a callable that can be sent if the command can.
   *
   * @param command the command
   */
  private record RunnableBody(Runnable command) implements Callable<@Nullable Void>, Serializable {
    @Override
    public @Nullable Void call() {
      command.run();
      return null;
    }
  }

  private static byte[] bytesOf(Callable<?> body) {
    Objects.requireNonNull(body, "task");
    try {
      return Serialized.toBytes(body);
    } catch (IOException e) {
      Object given = body instanceof RunnableBody(Runnable command) ? command : body;
      throw new RejectedExecutionException(Serialized.whyNotSent(given, e), e);
    }
  }

  private void enqueue(PoolTask<?> task) {
    lock.lock();
    try {
      if (shutDown) {
        throw new RejectedExecutionException(
            this + " was shut down and takes no task; make another pool");
      }
      if (workers.size() - busy <= queue.size() && workers.size() < options.maxWorkers()) {
        Worker worker = new Worker();
        worker.thread.start(); // before anything is noted, since the system may refuse a thread
        workers.add(worker);
      }
      queue.add(task);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Drops a task that was cancelled while it waited, or kills its worker. */
  void cancelled(PoolTask<?> task, boolean killIfRunning) {
    WorkerJvm running = null;
    lock.lock();
    try {
      if (!queue.remove(task) && killIfRunning) {
        running = task.runsOn;
        if (running != null) {
          running.doom(); // under the lock, so that it is given no other task
        }
      }
    } finally {
      lock.unlock();
    }
    if (running != null) {
      running.kill();
    }
    endIfDone();
  }

  // ---- the end

  /**
   * Takes no more tasks; those that were handed in go on. Does not wait.
   *
   * <p>Counterpart of {@code shutdown(wait=False)}.
   */
  @Override
  public void shutdown() {
    lock.lock();
    try {
      shutDown = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    endIfDone();
  }

  /**
   * Takes no more tasks, cancels all that there are, and kills the workers that run one. Does not
   * wait.
   *
   * <p>Counterpart of {@code shutdown(wait=False, cancel_futures=True)}, but Python lets those end
   * that run.
   *
   * @return what never began, in the order in which it was handed in; each does its work, here,
   *     when it is run
   */
  @Override
  public List<Runnable> shutdownNow() {
    List<PoolTask<?>> waiting;
    List<PoolTask<?>> running = new ArrayList<>();
    lock.lock();
    try {
      shutDown = true;
      waiting = List.copyOf(queue);
      for (Worker worker : workers) {
        if (worker.task != null) {
          running.add(worker.task);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    waiting.forEach(task -> task.cancel(true));
    running.forEach(task -> task.cancel(true));
    endIfDone();
    return waiting.stream().map(PoolTask::asRunnable).toList();
  }

  /** Tells whether this pool takes no more tasks. */
  @Override
  public boolean isShutdown() {
    lock.lock();
    try {
      return shutDown;
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether this pool was shut down, its tasks have ended and so have its workers. */
  @Override
  public boolean isTerminated() {
    return terminated.isDone();
  }

  /**
   * Waits until this pool was shut down, its tasks have ended and so have its workers: in a task by
   * suspending it, elsewhere by blocking.
   *
   * @param timeout how long to wait at most, in a task by its loop's clock
   * @param unit the unit of {@code timeout}
   * @return whether that is so
   * @throws InterruptedException if the calling thread, which is no task's, was interrupted
   * @throws CancellationException if the calling task was cancelled
   * @throws IllegalStateException if called in a callback of a loop
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try (EventsDue _ = new EventsDue()) {
      StageBridge.await(terminated.copy(), unit.toNanos(timeout));
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("the end of a pool cannot fail", e);
    }
  }

  /**
   * Takes no more tasks, and waits until those that were handed in have ended and the workers too:
   * in a task by suspending it, elsewhere by blocking. To end them at once, call {@link
   * #shutdownNow} before.
   *
   * <p><b>Cancellation.</b> If the calling task is cancelled, or the thread interrupted, the pool
   * is ended as by {@link #shutdownNow}.
   *
   * <p>Counterpart of {@code with ProcessPoolExecutor() as pool}.
   *
   * @throws CancellationException if the calling task was cancelled; the workers have ended
   * @throws IllegalStateException if called in a callback of a loop
   */
  @Override
  public void close() {
    shutdown();
    boolean interrupted = false;
    CancellationException cancelled = null;
    while (!isTerminated()) {
      try {
        if (cancelled != null) {
          Asyncio.shielded(this::awaitTerminationUnlimited);
        } else {
          awaitTerminationUnlimited();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        shutdownNow();
      } catch (CancellationException e) {
        cancelled = e;
        shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (cancelled != null) {
      throw cancelled;
    }
  }

  private void awaitTerminationUnlimited() throws InterruptedException {
    awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  private void endIfDone() {
    boolean done;
    lock.lock();
    try {
      done = shutDown && workers.isEmpty() && queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (done) {
      terminated.complete(null);
    }
  }

  // ---- what it is

  /**
   * Returns the state of this pool. Does not suspend. May be called by any thread.
   *
   * @return its processes, and how many tasks run and wait
   */
  public Statistics statistics() {
    lock.lock();
    try {
      List<Long> pids = new ArrayList<>();
      for (Worker worker : workers) {
        WorkerJvm jvm = worker.jvm;
        if (jvm != null && jvm.isAlive()) {
          pids.add(jvm.pid());
        }
      }
      return new Statistics(
          options.maxWorkers(), List.copyOf(pids), busy, queue.size(), completed, started, died);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    lock.lock();
    try {
      return WaitLine.label("ProcessPoolExecutor", name)
          + " ("
          + busy
          + " of "
          + options.maxWorkers()
          + " workers busy, "
          + queue.size()
          + " tasks waiting)";
    } finally {
      lock.unlock();
    }
  }

  /** The thread that serves one worker process after the other. */
  private final class Worker {
    private final Thread thread =
        Thread.ofPlatform()
            .name("asyncio4j-process-pool-" + threadsMade++)
            .daemon()
            .unstarted(this::run);

    // Guarded by the lock; written by this thread.
    private @Nullable PoolTask<?> task;
    private @Nullable WorkerJvm jvm;

    private void run() {
      PoolTask<?> next = take();
      while (next != null) {
        perform(next);
        next = take();
      }
      discard(null);
      lock.lock();
      try {
        workers.remove(this);
      } finally {
        lock.unlock();
      }
      endIfDone();
    }

    /** Waits for the next task and makes it this worker's; null if there will be none. */
    private @Nullable PoolTask<?> take() {
      lock.lock();
      try {
        while (queue.isEmpty()) {
          if (shutDown) {
            return null;
          }
          changed.awaitUninterruptibly();
        }
        busy++;
        task = queue.removeFirst();
        return task;
      } finally {
        lock.unlock();
      }
    }

    private void perform(PoolTask<?> next) {
      Runnable completion = null;
      try {
        while (completion == null) {
          completion = attempt(next);
        }
      } catch (RuntimeException | Error e) { // such as no memory for the result
        completion = () -> next.completeExceptionally(e);
        doom();
      }
      // Free before anybody hears of the outcome: who then hands in the next task needs no other.
      lock.lock();
      try {
        next.runsOn = null;
        task = null;
        busy--;
      } finally {
        lock.unlock();
      }
      completion.run();
    }

    /** Runs a task once; returns what completes it, or null if it is to be tried once more. */
    private @Nullable Runnable attempt(PoolTask<?> next) {
      WorkerJvm on = assign(next);
      if (next.isDone()) {
        return () -> {}; // it was cancelled before its worker could be killed for it
      }
      boolean fresh = on.tasksGiven() == 0;
      if (fresh) {
        try {
          on.start(command);
        } catch (IOException e) {
          on.doom(); // it is none that was started and died
          return () -> next.completeExceptionally(notStarted(e));
        }
        count(1, 0, 0);
      }
      WorkerJvm.Outcome outcome = on.perform(next.bytes());
      Message reply = outcome.reply();
      if (reply != null) {
        count(0, 1, 0);
        return completion(next, reply);
      }
      if (!fresh && !outcome.begun() && !on.isDoomed()) {
        return null; // it had died before the task came, which another can run
      }
      int status = on.awaitEnd();
      return () -> next.completeExceptionally(broken(next, on.pid(), status));
    }

    /** Makes a process that can run a task this worker's, and the task's. */
    private WorkerJvm assign(PoolTask<?> next) {
      WorkerJvm on = jvm;
      if (on == null || !on.canRunMore(options.maxTasksPerWorker())) {
        on = new WorkerJvm();
        discard(on);
      }
      lock.lock();
      try {
        next.runsOn = on;
      } finally {
        lock.unlock();
      }
      return on;
    }

    /** Sees its process off, and puts another in its place. */
    private void discard(@Nullable WorkerJvm replacement) {
      WorkerJvm old = jvm;
      if (old != null && old.isStarted()) {
        if (!old.isAlive() && !old.isDoomed()) {
          count(0, 0, 1);
        }
        old.awaitEnd();
      }
      lock.lock();
      try {
        jvm = replacement;
      } finally {
        lock.unlock();
      }
    }

    private void doom() {
      WorkerJvm failed = jvm;
      if (failed != null) {
        failed.kill();
      }
    }

    private void count(int moreStarted, int moreCompleted, int moreDied) {
      lock.lock();
      try {
        started += moreStarted;
        completed += moreCompleted;
        died += moreDied;
      } finally {
        lock.unlock();
      }
    }
  }

  private static Runnable completion(PoolTask<?> task, Message reply) {
    Object value;
    try {
      value = Serialized.toObject(reply.bytes(), task.body().getClass().getClassLoader());
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      IllegalStateException failure =
          new IllegalStateException(
              "what the task ("
                  + Serialized.nameOf(task.body())
                  + ") sent back from its worker cannot be read: "
                  + e,
              e);
      return () -> task.completeExceptionally(failure);
    }
    return reply.kind() == Kind.RESULT
        ? () -> task.succeed(value)
        : () -> task.completeExceptionally((Throwable) Objects.requireNonNull(value));
  }

  private BrokenWorkerException notStarted(IOException failure) {
    return new BrokenWorkerException(
        "a worker process of "
            + WaitLine.label("ProcessPoolExecutor", name)
            + " could not be started: "
            + failure.getMessage()
            + "; see what it wrote to standard error. Its command was "
            + String.join(" ", command),
        failure);
  }

  private BrokenWorkerException broken(PoolTask<?> task, long pid, int status) {
    return new BrokenWorkerException(
        "worker process "
            + pid
            + " of "
            + WaitLine.label("ProcessPoolExecutor", name)
            + " ended with "
            + WorkerJvm.describeStatus(status)
            + ", while it ran the task ("
            + Serialized.nameOf(task.body())
            + "); the pool goes on with another worker",
        pid,
        status);
  }
}
