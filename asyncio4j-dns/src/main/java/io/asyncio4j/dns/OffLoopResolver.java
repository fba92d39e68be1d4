package io.asyncio4j.dns;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A resolver that asks another on threads of its own when a task is what asks. */
final class OffLoopResolver implements InetAddressResolver {
  /* The task waits in CompletableFuture.join, not in our own await: that works inside a class
  initialiser too, where many libraries ask for the local host's name, and after the task's loop was
  closed. */

  private static final int MOST_AT_ONCE = 32;
  private static final long IDLE_SECONDS = 30;

  private final InetAddressResolver delegate;
  private final Executor threads;

  OffLoopResolver(InetAddressResolver delegate) {
    this(delegate, newThreads());
  }

  OffLoopResolver(InetAddressResolver delegate, Executor threads) {
    this.delegate = delegate;
    this.threads = threads;
  }

  private static Executor newThreads() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MOST_AT_ONCE,
            MOST_AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .name("host-name-lookup-", 0)
                .inheritInheritableThreadLocals(false)
                .daemon()
                .factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
      throws UnknownHostException {
    return lookup(() -> delegate.lookupByName(host, policy));
  }

  @Override
  public String lookupByAddress(byte[] address) throws UnknownHostException {
    byte[] own = address.clone();
    return lookup(() -> delegate.lookupByAddress(own));
  }

  private <T> T lookup(Lookup<T> lookup) throws UnknownHostException {
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      return lookup.call();
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            answer.complete(lookup.call());
          } catch (UnknownHostException | RuntimeException | Error e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return Asyncio.shielded(answer::join);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UnknownHostException unknown -> throw unknown;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }

  /** A call of the delegate. */
  private interface Lookup<T> extends Callable<T> {
    @Override
    T call() throws UnknownHostException;
  }
}
