package io.asyncio4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several loops, each on a platform thread of its own, for work that takes more than one core.
 *
 * <p>Work goes to the loop with the fewest pending tasks ({@link EventLoop#pendingTasks}); among
 * equals they take turns. It stays there: tasks do not move, and what they start with {@link
 * Asyncio#createTask} runs on the same loop. Tasks of different loops run at the same time, so what
 * they share must be safe for threads; futures, locks and queues of this library belong to one
 * loop. {@link LoopLocal} has one value for each loop, such as an HTTP client.
 *
 * <p>A group may be used by any thread, and by tasks of its own and of other loops, which await
 * what they hand over with {@link Asyncio#fromCompletionStage}.
 *
 * <p>asyncio has no counterpart; Netty's {@code EventLoopGroup} is one.
 */
public final class LoopGroup implements AutoCloseable {
  private final List<Member> members = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  private LoopGroup(int loops, LoopOptions options) {
    if (loops < 1) {
      throw new IllegalArgumentException("a group has at least 1 loop, not " + loops);
    }
    for (int i = 0; i < loops; i++) {
      members.add(new Member(options.withName(options.name() + "-" + i)));
    }
    members.forEach(member -> member.thread.start());
  }

  /**
   * Creates a group with a loop for each processor that the JVM may use, and starts it. Close it:
   * its threads keep the JVM alive.
   *
   * @return a group whose loops run
   * @throws IllegalStateException if the JVM was started without the flag that tasks need
   */
  public static LoopGroup create() {
    return create(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Creates a group with so many loops, named {@code group-0} and so on, and starts it. Close it.
   *
   * @param loops how many, at least 1
   * @return a group whose loops run
   * @throws IllegalArgumentException if there are less than 1
   */
  public static LoopGroup create(int loops) {
    return create(loops, LoopOptions.defaults().withName("group"));
  }

  /**
   * Creates a group as {@link #create(int)} does.
   *
   * @param loops how many, at least 1
   * @param options what each loop is created with; to the name, which its thread bears too, its
   *     index is added
   * @return a group whose loops run
   * @throws IllegalArgumentException if there are less than 1
   */
  public static LoopGroup create(int loops, LoopOptions options) {
    return new LoopGroup(loops, options);
  }

  /**
   * Returns the loops, which run until this group is closed. May be called by any thread.
   *
   * @return the loops, in the order of their indices
   */
  public List<EventLoop> loops() {
    return members.stream().map(member -> member.runner.loop()).toList();
  }

  /**
   * Starts a task on the least busy loop. Does not suspend. May be called by any thread.
   *
   * @param coroutine the body
   * @return a future for other threads and loops; cancelling it cancels the task
   * @param <T> the type of the result
   * @throws RejectedExecutionException if this group is closed
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> coroutine) {
    return leastBusy().submit(coroutine);
  }

  /**
   * Starts a task without a result as {@link #submit(Callable)} does.
   *
   * @param coroutine the body
   * @return a future for other threads and loops
   * @throws RejectedExecutionException if this group is closed
   */
  public CompletableFuture<@Nullable Void> submit(Runnable coroutine) {
    return leastBusy().submit(coroutine);
  }

  /**
   * Starts a task on one loop, as by {@link EventLoop#submit(Callable)}: for work that goes
   * together, such as that of one connection or one user.
   *
   * @param index which loop: any number, taken modulo the number of loops, so that a hash will do
   * @param coroutine the body
   * @return a future for other threads and loops
   * @param <T> the type of the result
   * @throws RejectedExecutionException if this group is closed
   */
  public <T extends @Nullable Object> CompletableFuture<T> submitTo(
      int index, Callable<T> coroutine) {
    return members.get(Math.floorMod(index, members.size())).runner.loop().submit(coroutine);
  }

  private EventLoop leastBusy() {
    int first = next.getAndIncrement();
    EventLoop best = null;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < members.size() && fewest > 0; i++) {
      EventLoop loop = members.get(Math.floorMod(first + i, members.size())).runner.loop();
      int pending = loop.pendingTasks();
      if (best == null || pending < fewest) {
        best = loop;
        fewest = pending;
      }
    }
    if (best == null) {
      throw new AssertionError("a group has a loop");
    }
    return best;
  }

  /**
   * Takes no more work, cancels the tasks of all loops, and waits until they have ended and the
   * loops are closed, as {@link Runner#close} does: in a task by suspending it, elsewhere by
   * blocking. Closing twice has no effect.
   *
   * @throws IllegalStateException if called on a loop of this group, which would wait for itself,
   *     or in a callback of any loop
   */
  @Override
  public void close() {
    EventLoop here = EventLoop.currentOrNull();
    for (Member member : members) {
      if (member.runner.loop() == here) {
        throw new IllegalStateException(
            "the group of loop "
                + here.name()
                + " cannot be closed by that loop, which would wait for itself; close it outside");
      }
    }
    members.forEach(Member::end);
    boolean interrupted = false;
    for (Member member : members) {
      while (!member.ended.isDone()) {
        try {
          StageBridge.await(member.ended.copy(), Long.MAX_VALUE);
        } catch (InterruptedException e) {
          interrupted = true; // the tasks were cancelled already: there is nothing to hurry
        } catch (ExecutionException e) {
          throw Rethrow.<RuntimeException>as(StageBridge.unwrap(e));
        } catch (java.util.concurrent.TimeoutException e) {
          throw new AssertionError("a wait without a limit timed out", e);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One loop, its thread and its end. */
  private static final class Member {
    private final Runner runner;
    private final Thread thread;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    Member(LoopOptions options) {
      runner = new Runner(options);
      thread = Thread.ofPlatform().name("asyncio4j-" + options.name()).unstarted(this::run);
    }

    private void run() {
      try (runner) {
        runner.loop().runForever();
      } catch (RuntimeException | Error e) {
        runner.loop().report("loop " + runner.loop().name() + " of a group failed", e);
      } finally {
        ended.complete(null);
      }
    }

    /** Cancels what was handed in; when that has ended, the run does too, and the runner closes. */
    void end() {
      runner.loop().shutdownNow();
    }
  }
}
