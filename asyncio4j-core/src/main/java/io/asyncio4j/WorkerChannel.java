package io.asyncio4j;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * The way between a {@link ProcessPoolExecutor} and one worker process, with the same class at both
 * ends. One thread may send while another receives.
 */
final class WorkerChannel implements Closeable {
  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** What a message is. */
  enum Kind {
    /** To the worker: a task. */
    TASK('T'),
    /** From the worker: a task has come and begins. */
    BEGUN('B'),
    /** From the worker: the result of the task. */
    RESULT('R'),
    /** From the worker: what the task threw. */
    FAILURE('F');

    private final char mark;

    Kind(char mark) {
      this.mark = mark;
    }

    private static Kind of(int mark) throws IOException {
      for (Kind kind : values()) {
        if (kind.mark == mark) {
          return kind;
        }
      }
      throw new IOException("a message begins with " + mark + ", which marks none");
    }
  }

  /** One message with an object in it, in serialized form, or with nothing. */
  static final class Message {
    private final Kind kind;
    private final byte[] bytes;

    Message(Kind kind, byte[] bytes) {
      this.kind = kind;
      this.bytes = bytes;
    }

    Kind kind() {
      return kind;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  WorkerChannel(SocketChannel channel) {
    this.channel = channel;
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  /** Sends a message; blocks while the other end does not read. */
  void send(Kind kind, byte[] bytes) throws IOException {
    out.write(kind.mark);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }

  /**
   * Receives a message; blocks until one has come.
   *
   * @throws EOFException if the other end is gone
   */
  Message receive() throws IOException {
    Kind kind = Kind.of(in.readUnsignedByte());
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new Message(kind, bytes);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
