package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The engines of {@code invokeAll} and {@code invokeAny}. */
final class Invocations {
  private Invocations() {}

  static <T extends @Nullable Object> List<java.util.concurrent.Future<T>> all(
      Function<Callable<T>, CompletableFuture<T>> submit,
      Collection<? extends Callable<T>> coroutines,
      long nanos)
      throws InterruptedException {
    List<CompletableFuture<T>> futures = new ArrayList<>();
    try {
      submit(submit, coroutines, futures);
      StageBridge.await(settled(futures), nanos);
    } catch (TimeoutException e) {
      // What is not done in time is cancelled below: that is how the caller sees it.
    } catch (ExecutionException e) {
      throw new AssertionError("a wait for outcomes has none of its own", e);
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
    return List.copyOf(futures);
  }

  private static CompletableFuture<?> settled(List<? extends CompletableFuture<?>> futures) {
    CompletableFuture<?>[] each =
        futures.stream()
            .map(future -> future.handle((_, _) -> true))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(each);
  }

  static <T extends @Nullable Object> T any(
      Function<Callable<T>, CompletableFuture<T>> submit,
      Collection<? extends Callable<T>> coroutines,
      long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (coroutines.isEmpty()) {
      throw new IllegalArgumentException("there is no coroutine to invoke");
    }
    List<CompletableFuture<T>> futures = new ArrayList<>();
    CompletableFuture<T> first = new CompletableFuture<>();
    try {
      submit(submit, coroutines, futures);
      AtomicInteger left = new AtomicInteger(futures.size());
      for (CompletableFuture<T> future : futures) {
        future.whenComplete(
            (result, failure) -> {
              if (failure == null) {
                first.complete(result);
              } else if (left.decrementAndGet() == 0) {
                first.completeExceptionally(new CompletionException(failure));
              }
            });
      }
      return StageBridge.await(first, nanos);
    } catch (CancellationException e) {
      if (first.isCompletedExceptionally() && !first.isCancelled()) {
        throw new ExecutionException(e); // the last one that failed was cancelled, not the caller
      }
      throw e;
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  private static <T extends @Nullable Object> void submit(
      Function<Callable<T>, CompletableFuture<T>> submit,
      Collection<? extends Callable<T>> coroutines,
      List<CompletableFuture<T>> futures) {
    List<Callable<T>> all = new ArrayList<>(coroutines);
    all.forEach(coroutine -> Objects.requireNonNull(coroutine, "coroutine"));
    all.forEach(coroutine -> futures.add(submit.apply(coroutine)));
  }
}
