package io.asyncio4j.bench.macro;

import io.asyncio4j.bench.Rounds;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The load of the row echo: a program that starts the server in its arguments, opens {@link
 * #CONNECTIONS} connections, sends a message on each and the next one when the answer has come. It
 * prints the rounds with the CPU time of the server.
 *
 * <p>One thread with one selector does it, so that it costs about as much as the leanest server.
 */
final class EchoLoad implements AutoCloseable {
  static final int CONNECTIONS = 1_000;

  /** The environment variable that may say another number. */
  static final String VARIABLE = "ASYNCIO4J_BENCH_CONNECTIONS";

  private static final int MESSAGE_BYTES = 128;

  /** How many arguments come after the server's command. */
  private static final int OPTIONS = 4;

  /** One connection, with one message on its way. */
  private static final class Line {
    final SocketChannel channel;
    final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    final ByteBuffer answer = ByteBuffer.allocateDirect(MESSAGE_BYTES);

    Line(SocketChannel channel, int number) {
      this.channel = channel;
      message.putInt(0, number);
    }

    /** Sends the next message, which differs from all others of all connections. */
    void send() throws IOException {
      message.clear();
      message.putInt(
          MESSAGE_BYTES - Integer.BYTES, message.getInt(MESSAGE_BYTES - Integer.BYTES) + 1);
      if (channel.write(message) != MESSAGE_BYTES) {
        throw new IOException("a socket did not take " + MESSAGE_BYTES + " bytes at once");
      }
      answer.clear();
    }

    /** Reads what is there; tells whether the answer is whole. */
    boolean receive() throws IOException {
      if (channel.read(answer) < 0) {
        throw new EOFException("the server has closed a connection");
      }
      if (answer.hasRemaining()) {
        return false;
      }
      if (!answer.flip().equals(message.flip())) {
        throw new IOException("an answer differs from what was sent");
      }
      return true;
    }
  }

  private final Selector selector = Selector.open();
  private final List<SocketChannel> channels = new ArrayList<>();
  private long answers;
  private long wanted;

  private EchoLoad(int port, int connections) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int number = 0; number < connections; number++) {
      SocketChannel channel = SocketChannel.open(server);
      channels.add(channel);
      channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      Line line = new Line(channel, number);
      channel.register(selector, SelectionKey.OP_READ, line);
      line.send();
    }
  }

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    String connections = System.getenv(VARIABLE);
    int options = args.length - OPTIONS;
    try (Child server = Child.start(List.of(args).subList(0, options))) {
      String name = server.readLine();
      String version = server.readLine();
      int port = Integer.parseInt(server.readLine());
      try (EchoLoad load =
          new EchoLoad(port, connections == null ? CONNECTIONS : Integer.parseInt(connections))) {
        Rounds.Work exchange =
            (size, clock) -> {
              long cpu = server.cpuNanos();
              long begin = System.nanoTime();
              load.exchange(size);
              clock.took(System.nanoTime() - begin, server.cpuNanos() - cpu);
            };
        Rounds.run(
            name,
            version,
            Map.of("echo", exchange),
            Arrays.copyOfRange(args, options, args.length));
      }
    }
  }

  /** Goes on until so many more answers have come. */
  private void exchange(int count) throws IOException {
    wanted += count; // of what came too much in the round before, this one has less to do
    while (answers < wanted) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        Line line = (Line) key.attachment();
        if (line.receive()) {
          answers++;
          line.send();
        }
      }
      selector.selectedKeys().clear();
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
