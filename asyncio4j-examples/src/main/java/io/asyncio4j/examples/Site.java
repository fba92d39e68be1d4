package io.asyncio4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import io.asyncio4j.http.HttpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A web site on loopback that is served by the example's own loop.
 *
 * <p>It is the JDK's HTTP server with the loop as its executor: each request is a task, so a
 * handler may sleep on the loop's clock and touch what the other tasks touch, without locks.
 */
final class Site implements AutoCloseable {
  private static final int BACKLOG = 1024;

  static {
    // An answer goes out in two pieces, and Nagle's algorithm would hold the second for 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /**
   * An answer.
   *
   * @param status its status
   * @param body its body
   * @param delay how long it takes, on the loop's clock; no task waits meanwhile
   */
  record Reply(int status, String body, Duration delay) {
    Reply(int status, String body) {
      this(status, body, Duration.ZERO);
    }

    static Reply ok(String body) {
      return new Reply(200, body);
    }

    Reply after(Duration time) {
      return new Reply(status, body, time);
    }
  }

  /** What a page does at each request. */
  @FunctionalInterface
  interface Page {
    Reply answer(HttpExchange request) throws Exception;
  }

  private final EventLoop loop = EventLoop.current();
  private final HttpServer server;
  // Touched by the loop's tasks only.
  private final Map<String, Page> pages = new HashMap<>();
  private final Set<Task<?>> answering = new LinkedHashSet<>();

  /** What the server has handed to the loop, such as the end of a connection, until it is done. */
  private final Set<CompletableFuture<?>> handedIn = ConcurrentHashMap.newKeySet();

  private Site(HttpServer server) {
    this.server = server;
  }

  /**
   * Opens a site without pages on the calling task's loop.
   *
   * <p>One request has passed by then, so that a program which times its own does not measure how
   * the JVM loads what the first needs.
   */
  static Site open() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    Site site = new Site(server);
    server.createContext("/", site::handle);
    server.setExecutor(work -> site.handIn(site.loop.submit(work)));
    server.start();
    try {
      site.warmUp();
    } catch (IOException | RuntimeException e) {
      site.close();
      throw e;
    }
    return site;
  }

  private void warmUp() throws IOException {
    add(
        "/warm-up",
        request -> {
          // Or the end of the connection would be a task, some time while the program runs.
          request.getResponseHeaders().set("Connection", "close");
          return Reply.ok("{}");
        });
    try (HttpClient client = HttpClient.create()) {
      client.get(url("/warm-up")).json();
    }
    pages.remove("/warm-up");
  }

  /** Adds a page: what is done at each request of this path, in a task of its own. */
  Site add(String path, Page page) {
    pages.put(path, page);
    return this;
  }

  /** Returns the address of a page. */
  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Returns an address of loopback at which nobody listens. */
  static String deadUrl() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + taken.getLocalPort() + "/";
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    Task<?> task = Objects.requireNonNull(Asyncio.currentTask(), "the loop is the executor");
    answering.add(task);
    try {
      Reply reply = reply(exchange);
      if (reply.delay().isZero()) {
        send(exchange, reply);
      } else {
        loop.callLater(reply.delay(), () -> loop.createTask(() -> sendLate(exchange, reply)));
      }
    } catch (CancellationException e) {
      task.uncancel(); // the server of the JDK swallows it, as it does all exceptions
      exchange.close();
    } finally {
      answering.remove(task);
    }
  }

  private static void sendLate(HttpExchange exchange, Reply reply) {
    try {
      send(exchange, reply);
    } catch (IOException e) {
      // Whoever asked has gone. The server of the JDK swallows that too, where it calls a handler.
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    try (exchange) {
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Reply reply(HttpExchange exchange) throws IOException {
    Page page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      return new Reply(404, "no such page\n");
    }
    try {
      return page.answer(exchange);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the page failed", e);
    }
  }

  @SuppressWarnings("CollectionUndefinedEquality") // futures are equal only to themselves
  private void handIn(CompletableFuture<?> work) {
    handedIn.add(work);
    work.whenComplete((_, _) -> handedIn.remove(work));
  }

  /**
   * Ends the site, cancels the requests that it still answers, and waits until they have ended,
   * unless its loop is closed.
   */
  @Override
  public void close() {
    server.stop(0);
    if (loop.isClosed()) {
      return;
    }
    answering.forEach(Task::cancel);
    List<Future<?>> left = new ArrayList<>();
    handedIn.forEach(work -> left.add(Asyncio.fromCompletionStage(work)));
    if (!left.isEmpty()) {
      Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, left);
    }
  }
}
