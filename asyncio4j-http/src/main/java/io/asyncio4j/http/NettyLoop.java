package io.asyncio4j.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Netty event loop without a thread of its own: whoever owns it drives it, and the owner may
 * change while nobody drives it.
 *
 * <p>Netty's {@code ManualIoEventLoop} would do but for two things: its owning thread is set once
 * and for all, while one of our loops may be run on several threads one after another and closed on
 * yet another; and a wake-up that falls between a non-blocking and a blocking turn of it can be
 * lost, because the flag inside {@code NioIoHandler} stays set when the selector has already
 * forgotten the wake-up. Here {@link #woken} tells the blocking turn.
 */
final class NettyLoop extends AbstractScheduledEventExecutor implements IoEventLoop {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Promise<Void> termination = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);
  private final IoHandler handler;
  private final TurnContext nonBlocking = new TurnContext(false);
  private final TurnContext blocking = new TurnContext(true);

  private volatile @Nullable Thread owner;
  private volatile boolean woken;
  private volatile boolean closed;
  private boolean initialized;

  NettyLoop(IoHandlerFactory factory) {
    handler = factory.newHandler(this);
  }

  /**
   * Makes the calling thread the owner. The caller sees to it that nobody drives the loop
   * meanwhile.
   */
  void adopt() {
    owner = Thread.currentThread();
    if (!initialized) {
      initialized = true;
      handler.initialize();
    }
  }

  void runNow() {
    handler.run(nonBlocking);
    runTasks();
  }

  /**
   * Waits for an event, a task or a wake-up, at most so many nanoseconds, and handles what came.
   */
  void runOrWait(long nanos) {
    blocking.longest = nanos;
    handler.run(blocking);
    // Whoever wakes has put its work into a queue that is looked at after this.
    woken = false;
    runTasks();
  }

  void wakeup() {
    woken = true;
    if (!closed) {
      handler.wakeup();
    }
  }

  private void runTasks() {
    fetchFromScheduledTaskQueue(tasks);
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      safeExecute(task);
    }
  }

  /** Closes all channels and the selector. The calling thread owns the loop afterwards. */
  void destroy() {
    if (closed) {
      return;
    }
    adopt();
    runTasks();
    handler.prepareToDestroy();
    runTasks();
    cancelScheduledTasks();
    closed = true;
    handler.destroy();
    termination.setSuccess(null);
  }

  @Override
  public void execute(Runnable command) {
    if (closed) {
      throw new RejectedExecutionException("the event loop is closed");
    }
    tasks.add(command);
    if (!inEventLoop()) {
      wakeup();
    }
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return thread == owner;
  }

  @Override
  public IoEventLoop next() {
    return this;
  }

  @Override
  @SuppressWarnings("NullAway") // Netty allows loops without a group, but its types do not say so
  public IoEventLoopGroup parent() {
    return null;
  }

  @Override
  public Future<IoRegistration> register(IoHandle handle) {
    Promise<IoRegistration> promise = newPromise();
    if (inEventLoop()) {
      register(handle, promise);
    } else {
      execute(() -> register(handle, promise));
    }
    return promise;
  }

  private void register(IoHandle handle, Promise<IoRegistration> promise) {
    try {
      promise.setSuccess(handler.register(handle));
    } catch (Exception e) {
      promise.setFailure(e);
    }
  }

  /** Makes this loop the one that does a channel's I/O. */
  ChannelFuture adopt(Channel channel) {
    ChannelPromise promise = new DefaultChannelPromise(channel, this);
    channel.unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel) {
    return adopt(channel);
  }

  @Override
  @Deprecated
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }

  @Override
  public boolean isIoType(Class<? extends IoHandler> handlerType) {
    return handler.getClass() == handlerType;
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException("the asyncio4j loop that drives this one closes it");
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    throw new UnsupportedOperationException("the asyncio4j loop that drives this one closes it");
  }

  @Override
  public Future<?> terminationFuture() {
    return termination;
  }

  @Override
  public boolean isShuttingDown() {
    return closed;
  }

  @Override
  public boolean isShutdown() {
    return closed;
  }

  @Override
  public boolean isTerminated() {
    return closed;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return termination.await(timeout, unit);
  }

  /** What one turn of the I/O handler may do: wait or not, and how long. */
  private final class TurnContext implements IoHandlerContext {
    private final boolean mayWait;
    long longest;

    TurnContext(boolean mayWait) {
      this.mayWait = mayWait;
    }

    @Override
    public boolean canBlock() {
      return mayWait && !woken && tasks.isEmpty() && !hasScheduledTasks();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return mayWait ? Math.min(longest, NettyLoop.this.delayNanos(currentTimeNanos, longest)) : 0;
    }

    @Override
    public long deadlineNanos() {
      if (!mayWait) {
        return -1;
      }
      long next = nextScheduledTaskDeadlineNanos();
      if (longest == Long.MAX_VALUE) {
        return next;
      }
      long mine = ticker().nanoTime() + longest;
      return next == -1 ? mine : Math.min(next, mine);
    }
  }
}
