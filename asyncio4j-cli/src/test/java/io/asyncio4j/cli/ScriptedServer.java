package io.asyncio4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A server on loopback that answers as the path says: {@code /status/503/…} with that status,
 * {@code /hang…} never, anything else with 200; it notes each request.
 */
final class ScriptedServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 300;

  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final CountDownLatch hanging;

  ScriptedServer() throws IOException {
    this(0);
  }

  /** Makes a server that can tell when so many requests hang. */
  ScriptedServer(int toHang) throws IOException {
    hanging = new CountDownLatch(toHang);
    listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::acceptAll);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Returns the requests so far, as {@code GET /path?query}, sorted. */
  List<String> requests() {
    return requests.stream().sorted().toList();
  }

  /** Waits until as many requests hang as were announced. */
  void awaitHanging() throws InterruptedException {
    if (!hanging.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(hanging.getCount() + " requests to hang have not come");
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket connection) {
    try (connection;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        while (!in.readLine().isEmpty()) {
          // the headers say nothing to this server
        }
        requests.add(words[0] + " " + words[1]);
        if (words[1].startsWith("/hang")) {
          hanging.countDown();
          in.readLine(); // the end of the connection, as nothing else will come
          return;
        }
        int status =
            words[1].startsWith("/status/") ? Integer.parseInt(words[1].substring(8, 11)) : 200;
        String body = "body\n";
        String head = "HTTP/1.1 " + status + " \r\nContent-Length: " + body.length() + "\r\n\r\n";
        connection
            .getOutputStream()
            .write(
                (words[0].equals("HEAD") ? head : head + body)
                    .getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // The client or the test went away.
      return;
    } finally {
      connections.remove(connection);
    }
  }

  @Override
  public void close() throws IOException {
    vanish();
  }

  /** Stops to listen and cuts all connections. */
  void vanish() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
