package io.asyncio4j;

import io.asyncio4j.WorkerChannel.Kind;
import io.asyncio4j.WorkerChannel.Message;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The program that a worker process of a {@link ProcessPoolExecutor} runs: one task after the
 * other, until the pool closes the channel or the process of the pool is gone.
 */
final class WorkerMain implements Runnable {
  /* Three threads. One reads all the time, so that the end of the pool's process is seen while a task
  runs. One runs the tasks: an interrupt that a task leaves behind must not reach the channel, which
  it would close. The main thread sends.

  There is no lambda and no proxy on the way to the first task: they would make a quarter of the time
  that it takes to start. */

  private static final long HOOKS_MAY_TAKE_SECONDS = 5;

  private final WorkerChannel channel;
  private final BlockingQueue<byte[]> tasks = new LinkedBlockingQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  private WorkerMain(WorkerChannel channel) {
    this.channel = channel;
  }

  /** Runs a worker; the argument is the path of the socket on which the pool listens. */
  static void main(String[] arguments) throws Exception {
    ignoreCtrlC();
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
      new WorkerMain(new WorkerChannel(socket)).serve();
    }
  }

  /** Leaves Ctrl-C, which a terminal sends to all processes, to the process of the pool. */
  private static void ignoreCtrlC() {
    try {
      SignalHandlers.ignore("INT");
    } catch (IllegalArgumentException | UnsupportedOperationException _) {
      // this JVM lets no program handle it, so Ctrl-C ends the worker
    }
  }

  private void serve() throws InterruptedException {
    Thread.ofPlatform().name("asyncio4j-worker-channel").daemon().start(this);
    ExecutorService tasksThread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("asyncio4j-worker-task").daemon().factory());
    try {
      while (true) {
        byte[] task = tasks.take();
        channel.send(Kind.BEGUN, new byte[0]);
        Message reply = tasksThread.submit(new Work(task)).get();
        busy.set(false);
        channel.send(reply.kind(), reply.bytes());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("the failure of a task is its reply", e);
    } catch (IOException _) {
      // the pool is gone, and the thread that reads ends this process
    }
  }

  // ---- the thread that reads

  /** Receives tasks until the pool is gone. */
  @Override
  public void run() {
    try {
      while (true) {
        Message message = channel.receive();
        busy.set(true);
        tasks.add(message.bytes());
      }
    } catch (IOException _) {
      end();
    }
  }

  /** Ends this process: at once, unless no task runs; then shutdown hooks have their time. */
  private void end() {
    if (busy.get()) {
      Runtime.getRuntime().halt(1);
    }
    Thread.ofPlatform()
        .name("asyncio4j-worker-end")
        .daemon()
        .start(
            () -> {
              try {
                TimeUnit.SECONDS.sleep(HOOKS_MAY_TAKE_SECONDS);
              } catch (InterruptedException _) {
                // nobody has the right to interrupt this; then it is over sooner
              }
              Runtime.getRuntime().halt(1);
            });
    System.exit(0);
  }

  // ---- the thread that runs the tasks

  /** One task, which gives the reply to it. */
  private static final class Work implements Callable<Message> {
    private final byte[] bytes;

    Work(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public Message call() {
      ClassLoader loader = ClassLoader.getSystemClassLoader();
      Thread.currentThread().setContextClassLoader(loader);
      try {
        return result((Callable<?>) read(bytes, loader));
      } catch (Throwable e) { // whatever the task throws is its outcome
        return failure(e);
      }
    }
  }

  private static Object read(byte[] bytes, ClassLoader loader) {
    Object task;
    try {
      task = Serialized.toObject(bytes, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "a worker process has no class "
              + e.getMessage()
              + "; it has the class path and the module path with which the JVM was started: "
              + System.getProperty("java.class.path"),
          e);
    } catch (IOException e) {
      throw new IllegalStateException("a worker process cannot read its task: " + e, e);
    }
    if (task == null) {
      throw new AssertionError("the pool sends no null");
    }
    return task;
  }

  private static Message result(Callable<?> task) throws Exception {
    Object result = task.call();
    try {
      return new Message(Kind.RESULT, Serialized.toBytes(result));
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new IllegalStateException(Serialized.whyNotReturned(task, e), e);
    }
  }

  private static Message failure(Throwable thrown) {
    try {
      return new Message(Kind.FAILURE, Serialized.toBytes(thrown));
    } catch (IOException | RuntimeException | StackOverflowError _) {
      try {
        return new Message(
            Kind.FAILURE, Serialized.toBytes(RemoteTaskException.standingFor(thrown)));
      } catch (IOException e) {
        throw new AssertionError("an exception of texts can be sent", e);
      }
    }
  }
}
