package io.asyncio4j.refire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP server on loopback that answers as the test says, and remembers what it was asked.
 */
final class FlakyServer implements AutoCloseable {
  /** What to do with a request. */
  interface Behaviour {
    /** Returns the whole answer, or null to cut the connection. */
    @Nullable String answer(String method, String target, int nth) throws InterruptedException;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private volatile int answersPerConnection = Integer.MAX_VALUE;

  FlakyServer(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** Closes each connection after so many answers, without a word. */
  FlakyServer closingAfter(int answers) {
    answersPerConnection = answers;
    return this;
  }

  static String answer(int status, String body) {
    return "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s".formatted(status, body.length(), body);
  }

  URI uri() {
    return URI.create("http://" + authority());
  }

  String authority() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Returns how often each "METHOD target" was asked for. */
  Map<String, Integer> seen() {
    return seen;
  }

  /** Returns the request lines and headers, as they came. */
  List<String> heads() {
    return heads;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      }
    } catch (IOException | RejectedExecutionException closed) {
      // The server was closed; there is nothing more to accept.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String head = head(in);
      for (int answers = 0; !head.isEmpty(); answers++) {
        heads.add(head);
        String[] line = head.substring(0, head.indexOf('\r')).split(" ", 3);
        int nth = seen.merge(line[0] + " " + line[1], 1, Integer::sum);
        String answer = behaviour.answer(line[0], line[1], nth);
        if (answer == null) {
          return;
        }
        if (line[0].equals("HEAD")) {
          answer = answer.substring(0, answer.indexOf("\r\n\r\n") + 4);
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        if (answers + 1 == answersPerConnection) {
          return;
        }
        head = head(in);
      }
    } catch (SocketException clientIsGone) {
      // So it may be: a run that is stopped cuts its connections.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int last4 = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      last4 = last4 << 8 | b;
      if (last4 == 0x0d0a0d0a) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
    threads.close();
  }
}
