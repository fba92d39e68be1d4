package io.asyncio4j;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The look-up of host names outside a loop's thread, which the JDK's would hold. */
final class NameLookup {
  private NameLookup() {}

  static List<InetAddress> resolve(EventLoop loop, String host) throws UnknownHostException {
    InetAddress literal = literal(host);
    if (literal != null) {
      return List.of(literal);
    }
    return loop.runInExecutor(() -> List.of(InetAddress.getAllByName(host)))
        .<UnknownHostException>await();
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null; // a name
    }
  }
}
