package io.asyncio4j.bench.macro;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * The server of the row echo with plain sockets, each in a virtual thread of the JDK. It prints its
 * name, its version and its port, and ends with its input.
 */
final class JdkEchoServer {
  private static final int BACKLOG = 1024;
  private static final int MOST = 4096;

  private JdkEchoServer() {}

  /** Runs the program. */
  public static void main(String[] args) throws IOException {
    System.out.println("JDK virtual threads");
    System.out.println("JDK " + Runtime.version());
    ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> accept(server));
    System.out.println(server.getLocalPort());
    System.in.read();
    System.exit(0); // connections that are open would keep no thread alive, but end nowhere either
  }

  private static void accept(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.startVirtualThread(() -> echo(socket));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void echo(Socket socket) {
    byte[] buffer = new byte[MOST];
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream input = socket.getInputStream();
      OutputStream output = socket.getOutputStream();
      for (int n = input.read(buffer); n > 0; n = input.read(buffer)) {
        output.write(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
