package io.asyncio4j.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A server on loopback that does exactly what a test's script says, byte for byte. It knows what it
 * received, and its close fails if a script failed.
 */
final class LoopbackServer implements AutoCloseable {
  /** What the server does on one connection; the connection is closed afterwards. */
  @FunctionalInterface
  interface Script {
    void serve(Talk talk) throws Exception;
  }

  /** One connection, as the server sees it. */
  final class Talk {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    final int number;

    Talk(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.number = number;
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Reads a request; returns null if the client closed the connection instead. */
    @Nullable Received read() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int last4 = 0;
      while (last4 != 0x0d0a0d0a) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        head.write(next);
        last4 = last4 << 8 | next;
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      String length = header(text, "Content-Length");
      byte[] body = length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length));
      Received request = new Received(text, body);
      received.add(request);
      return request;
    }

    Talk write(String text) throws IOException {
      return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Talk write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    /** Cuts the connection with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Waits until the client ends the connection, in whichever way. */
    void awaitEnd() throws IOException {
      try {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (SocketException | SSLException e) {
        return; // a reset is an end too
      }
    }

    Socket socket() {
      return socket;
    }

    InputStream in() {
      return in;
    }

    OutputStream out() {
      return out;
    }
  }

  /** A request as it came. */
  static final class Received {
    private final String head;
    private final byte[] body;

    Received(String head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    /** Request line and headers, the empty line included; a char for each byte. */
    String head() {
      return head;
    }

    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    String target() {
      return line().split(" ", -1)[1];
    }

    @Nullable String header(String name) {
      return LoopbackServer.header(head, name);
    }

    String body() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  final List<Received> received = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger openNow = new AtomicInteger();
  final AtomicInteger mostOpen = new AtomicInteger();

  private final ServerSocket listening;
  private final Script script;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Thread acceptor;

  LoopbackServer(Script script) throws IOException {
    this(new ServerSocket(0, 1000, InetAddress.getLoopbackAddress()), script);
  }

  LoopbackServer(ServerSocket listening, Script script) {
    this.listening = listening;
    this.script = script;
    acceptor = Thread.ofPlatform().daemon().name("loopback-server").start(this::accept);
  }

  /** Makes a server that answers each request with the same bytes and keeps the connection. */
  static LoopbackServer answering(String answer) throws IOException {
    return new LoopbackServer(
        talk -> {
          while (talk.read() != null) {
            talk.write(answer);
          }
        });
  }

  /** Returns a whole answer with status 200. */
  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listening.accept();
      } catch (IOException e) {
        return; // closed
      }
      int number = accepted.incrementAndGet();
      mostOpen.accumulateAndGet(openNow.incrementAndGet(), Math::max);
      sockets.add(socket);
      threads.add(Thread.ofVirtual().start(() -> serve(socket, number)));
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      script.serve(new Talk(socket, number));
    } catch (SocketException | SSLException | EOFException e) {
      // The client went away, which is its right.
    } catch (Throwable e) {
      failures.add(e);
    } finally {
      openNow.decrementAndGet();
      sockets.remove(socket);
    }
  }

  /** Waits until all connections so far have ended, on both sides. */
  void awaitTalksEnded() {
    threads.forEach(LoopbackServer::join);
  }

  int port() {
    return listening.getLocalPort();
  }

  String url(String target) {
    return "http://127.0.0.1:" + port() + target;
  }

  private static @Nullable String header(String head, String name) {
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0
          && line.substring(0, colon)
              .toLowerCase(Locale.ROOT)
              .equals(name.toLowerCase(Locale.ROOT))) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    join(acceptor);
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.forEach(LoopbackServer::join);
    if (!failures.isEmpty()) {
      throw new AssertionError("the server's script failed", failures.getFirst());
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the server's threads end", e);
    }
  }
}
