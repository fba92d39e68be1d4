package io.asyncio4j.http;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopBackend;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;

/** The I/O of an event loop when Netty does it, on the loop's own thread. One for each loop. */
final class NettyBackend implements LoopBackend {
  private final NettyLoop netty = new NettyLoop(NioIoHandler.newFactory());
  private final List<ConnectionPool> pools = new ArrayList<>();

  /** Returns the calling loop's backend, installing one if it has none. */
  static NettyBackend of(EventLoop loop) {
    return loop.backend(NettyBackend.class, NettyBackend::new);
  }

  NettyLoop netty() {
    return netty;
  }

  void add(ConnectionPool pool) {
    pools.add(pool);
  }

  void remove(ConnectionPool pool) {
    pools.remove(pool);
  }

  @Override
  public void attach() {
    netty.adopt();
  }

  @Override
  public void poll() {
    netty.runNow();
  }

  @Override
  public void await(long nanos) {
    netty.runOrWait(nanos);
  }

  @Override
  public void wakeup() {
    netty.wakeup();
  }

  @Override
  public boolean hasPendingEvents() {
    for (ConnectionPool pool : pools) {
      if (pool.awaitsNetwork()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    netty.adopt();
    List.copyOf(pools).forEach(ConnectionPool::close);
    pools.clear();
    netty.destroy();
  }
}
