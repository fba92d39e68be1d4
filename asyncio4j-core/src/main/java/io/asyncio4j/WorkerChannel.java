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
    TASK,
    /** From the worker: a task has come and begins. */
    BEGUN,
    /** From the worker: the result of the task. */
    RESULT,
    /** From the worker: what the task threw. */
    FAILURE
  }

  /** One message with an object in it, in serialized form, or with nothing. */
  record Message(Kind kind, byte[] bytes) {}

  WorkerChannel(SocketChannel channel) {
    this.channel = channel;
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  /** Sends a message; blocks while the other end does not read. */
  void send(Kind kind, byte[] bytes) throws IOException {
    out.write(kind.ordinal());
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
    int kind = in.readUnsignedByte();
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new Message(Kind.values()[kind], bytes);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
