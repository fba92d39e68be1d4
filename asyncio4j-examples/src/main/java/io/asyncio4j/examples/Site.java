package io.asyncio4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.asyncio4j.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

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
   */
  record Reply(int status, String body) {
    static Reply ok(String body) {
      return new Reply(200, body);
    }
  }

  /** What a page does at each request. */
  @FunctionalInterface
  interface Page {
    Reply answer(HttpExchange request) throws Exception;
  }

  private final HttpServer server;
  private final Map<String, Page> pages = new HashMap<>(); // touched by the loop's tasks only

  private Site(HttpServer server) {
    this.server = server;
  }

  /** Opens a site without pages on the calling task's loop. */
  static Site open() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    Site site = new Site(server);
    server.createContext("/", site::handle);
    server.setExecutor(EventLoop.current());
    server.start();
    return site;
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
    try (exchange) {
      Reply reply = reply(exchange);
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

  /** Ends the site at once, and the requests with it. */
  @Override
  public void close() {
    server.stop(0);
  }
}
