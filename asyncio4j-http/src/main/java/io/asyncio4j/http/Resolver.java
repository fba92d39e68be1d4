package io.asyncio4j.http;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of hosts without holding the loop: look-ups run on the platform threads of
 * the loop's default executor, one at a time for a name, and are remembered for a short time.
 */
final class Resolver {
  private static final long REMEMBER_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int MOST_REMEMBERED = 1000;

  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Remembered(InetAddress[] addresses, long until) {}

  private final EventLoop loop;
  private final AddressLookup lookup;
  private final Map<String, Remembered> remembered = new LinkedHashMap<>();
  private final Map<String, List<BiConsumer<InetAddress @Nullable [], @Nullable Throwable>>> asked =
      new HashMap<>();

  Resolver(EventLoop loop, AddressLookup lookup) {
    this.loop = loop;
    this.lookup = lookup;
  }

  /**
   * Finds a host's addresses.
   *
   * @param then gets the addresses, at least one, or the failure; on the loop's thread, inside this
   *     call if no look-up is needed
   */
  void resolve(String host, BiConsumer<InetAddress @Nullable [], @Nullable Throwable> then) {
    InetAddress literal = literal(host);
    if (literal != null) {
      then.accept(new InetAddress[] {literal}, null);
      return;
    }
    Remembered known = remembered.get(host);
    if (known != null && loop.time() < known.until()) {
      then.accept(known.addresses(), null);
      return;
    }
    List<BiConsumer<InetAddress @Nullable [], @Nullable Throwable>> others = asked.get(host);
    if (others != null) {
      others.add(then);
      return;
    }
    asked.put(host, new ArrayList<>(List.of(then)));
    loop.<InetAddress[]>runInExecutor(() -> lookup.lookup(host))
        .addDoneCallback(future -> done(host, future));
  }

  private void done(String host, Future<InetAddress[]> future) {
    List<BiConsumer<InetAddress @Nullable [], @Nullable Throwable>> waiting = asked.remove(host);
    Throwable failure = future.isCancelled() ? new UnknownHostException(host) : future.exception();
    InetAddress[] addresses = failure == null ? future.result() : null;
    if (addresses != null) {
      remember(host, addresses);
    }
    if (waiting != null) {
      waiting.forEach(then -> then.accept(addresses, failure));
    }
  }

  private void remember(String host, InetAddress[] addresses) {
    remembered.remove(host);
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.remove(remembered.keySet().iterator().next());
    }
    remembered.put(host, new Remembered(addresses, loop.time() + REMEMBER_NANOS));
  }

  private static @Nullable InetAddress literal(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(host, address);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + address.length + " bytes", e);
    }
  }
}
