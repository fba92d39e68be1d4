package io.asyncio4j.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on loopback that is ill in a repeatable way: how it treats a request depends on
 * the request's method and target and on how often it was sent, on nothing else.
 *
 * <p>It counts what it sees by itself, so that a client's account can be held against it. Each
 * connection is served by a virtual thread of the JDK's, none by a loop.
 */
final class DemoServer implements AutoCloseable {
  private static final int MAX_HEAD = 16_384;
  private static final int BACKLOG = 1024;
  private static final int CUT = 0;

  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final LongAdder requests = new LongAdder();

  /** What is known of one method and target. */
  private static final class Account {
    final AtomicLong tries = new AtomicLong();
    volatile int lastStatus;
  }

  /**
   * How the server treats a request.
   *
   * @param status the status in the end, {@link #CUT} for a connection that is cut
   * @param bad how many tries are treated badly before
   * @param badStatus the status of these, {@link #CUT} for a connection that is cut
   * @param millis how long it takes to answer
   * @param asksForPause whether a 503 comes with Retry-After; few do, since a gentle client then
   *     sends nothing at all for a while
   */
  private record Manner(int status, long bad, int badStatus, long millis, boolean asksForPause) {

    /**
     * Most recover at once, as after an outage; some after a few tries, some never; some are slow,
     * some are cut.
     */
    static Manner of(String request) {
      long bits = mix(request.hashCode());
      long millis = 40 + (bits >>> 8 & 127);
      int broken = (bits & 128) == 0 ? 503 : 500;
      int share = (int) Long.remainderUnsigned(bits >>> 16, 1000);
      if (share < 840) {
        return new Manner(200, 0, broken, millis, false);
      }
      if (share < 920) {
        return new Manner(200, 0, broken, 400 + (bits >>> 8 & 511), false);
      }
      if (share < 960) {
        return new Manner(200, 1 + (bits >>> 40 & 1), broken, millis, (bits >>> 48 & 15) == 0);
      }
      if (share < 975) {
        return new Manner(200, 1, CUT, millis, false);
      }
      if (share < 980) {
        return new Manner(CUT, 0, CUT, millis, false);
      }
      return new Manner(share < 988 ? 302 : broken, 0, broken, millis, false);
    }

    /** Spreads the bits of a hash code; the finalizer of splitmix64. */
    private static long mix(int hash) {
      long z = hash * 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }
  }

  /** Starts a server on a free port of the loopback interface. */
  DemoServer() throws IOException {
    listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("demo-server").daemon().start(this::acceptAll);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Returns how many requests came, repeated ones included. */
  long requests() {
    return requests.sum();
  }

  /** Returns how many different requests (method and target) came. */
  long distinctRequests() {
    return accounts.size();
  }

  /** Returns how many different requests were answered with a status at their last try. */
  long lastAnswered(int status) {
    return accounts.values().stream().filter(account -> account.lastStatus == status).count();
  }

  /** Stops to listen and closes all connections. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().name("demo-connection").start(() -> serve(connection));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new java.io.UncheckedIOException("the demo's server cannot accept connections", e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      for (String head = readHead(in); head != null; head = readHead(in)) {
        if (!answer(head, connection, out)) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away, as clients do; what it had asked for is counted.
      return;
    } finally {
      connections.remove(connection);
    }
  }

  /** Answers as its manner is; returns false if the connection is to be closed. */
  private boolean answer(String head, Socket connection, OutputStream out) throws IOException {
    String[] line = head.substring(0, head.indexOf('\r')).split(" ", -1);
    String request = line[0] + " " + line[1];
    requests.increment();
    Account account = accounts.computeIfAbsent(request, key -> new Account());
    Manner manner = Manner.of(request);
    long before = account.tries.getAndIncrement();
    int status = before < manner.bad ? manner.badStatus : manner.status;
    account.lastStatus = status;
    pause(manner.millis);
    if (status == CUT) {
      // To HEAD, half an answer would be a whole one.
      if ((before & 1) == 0 && !line[0].equals("HEAD")) {
        out.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it"
                .getBytes(StandardCharsets.US_ASCII));
      } else {
        connection.setSoLinger(true, 0); // a reset, not an end
      }
      return false;
    }
    out.write(response(line[0], line[1], status, manner.asksForPause));
    return true;
  }

  private static byte[] response(String method, String target, int status, boolean asksForPause) {
    String body = "{\"target\":\"" + target.replace("\"", "\\\"") + "\"}\n";
    String extra = status == 302 ? "Location: /login\r\n" : "";
    if (status == 503 && asksForPause) {
      extra = "Retry-After: 1\r\n";
    }
    String head =
        "HTTP/1.1 "
            + status
            + " \r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + extra
            + "\r\n";
    return (method.equals("HEAD") ? head : head + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads up to the blank line; returns null at the end of the connection. */
  private static @Nullable String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_HEAD) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.append((char) next);
      if (next == '\n' && head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.toString();
      }
    }
    return null;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
