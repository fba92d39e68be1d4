package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A network between the pool and a real PostgreSQL that is slow, or that nothing passes. */
class FrozenNetworkTest {
  /** Passes on what comes, a few bytes at a time, until it is frozen. */
  private static final class Network implements AutoCloseable {
    private static final int BYTES_AT_ONCE = 16;

    private final int target;
    private final ServerSocket listening;
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch thawed = new CountDownLatch(1);
    private volatile boolean frozen;

    Network(int target) throws IOException {
      this.target = target;
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      start(this::accept);
    }

    int port() {
      return listening.getLocalPort();
    }

    private void start(Runnable work) {
      threads.add(Thread.ofPlatform().name("network").start(work));
    }

    private void accept() {
      try {
        while (true) {
          Socket client = listening.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          server.setTcpNoDelay(true);
          client.setTcpNoDelay(true);
          sockets.add(client);
          sockets.add(server);
          start(() -> pass(client, server));
          start(() -> pass(server, client));
        }
      } catch (IOException e) {
        // the test is over
      }
    }

    private void pass(Socket from, Socket to) {
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] some = new byte[BYTES_AT_ONCE];
        for (int n = in.read(some); n >= 0; n = in.read(some)) {
          if (frozen) {
            stopped.countDown();
            thawed.await();
          }
          out.write(some, 0, n);
        }
      } catch (IOException | InterruptedException e) {
        // the test is over, or one side is
      }
    }

    void freeze() {
      frozen = true;
    }

    /** Waits until something was sent that is not passed on. */
    void awaitStopped() throws InterruptedException {
      stopped.await();
    }

    void thaw() {
      frozen = false;
      thawed.countDown();
    }

    /** Waits until all that have connected have hung up. */
    void awaitHungUp() throws InterruptedException {
      for (Thread passing : threads.subList(1, threads.size())) {
        passing.join();
      }
    }

    @Override
    public void close() throws IOException {
      thaw();
      listening.close();
      for (Socket socket : List.copyOf(sockets)) {
        socket.close();
      }
      for (Thread thread : List.copyOf(threads)) {
        boolean interrupted = false;
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
        assertThat(interrupted).isFalse();
      }
    }
  }

  private static final DatabaseOptions IMPATIENT =
      DatabaseOptions.defaults().withMaxSize(1).withCancelTimeout(Duration.ofMillis(100));

  private static String url(Network network) {
    return "postgresql://"
        + PostgresServer.USER
        + ":se%2Fcret%3Apw@127.0.0.1:"
        + network.port()
        + "/postgres?ApplicationName=frozen";
  }

  @Test
  void slowNetwork_isNoError() throws Exception {
    try (Network network = new Network(PostgresServer.shared().port())) {
      Asyncio.run(
          () -> {
            try (Database database = Database.open(url(network))) {
              Callable<List<Integer>> select =
                  () -> Plain.ints(database.dataSource(), "SELECT generate_series(1, 100)");
              assertThat(gather(Collections.nCopies(100, select)).await())
                  .allSatisfy(rows -> assertThat(rows).hasSize(100));
            }
          });
    }
  }

  @Test
  void nothingPasses_cancelClosesTheConnectionAfterItsGrace() throws Exception {
    try (Network network = new Network(PostgresServer.shared().port());
        Connection admin = Plain.connect(PostgresServer.shared().url())) {
      Asyncio.run(
          () -> {
            try (Database database =
                Database.open(
                    url(network),
                    DatabaseOptions.defaults()
                        .withMaxSize(1)
                        .withCancelTimeout(Duration.ofMillis(300)))) {
              Task<?> task =
                  createTask(
                      () -> Plain.execute(database.dataSource(), "SELECT 1 FROM pg_sleep(1000)"));
              Plain.await(
                  admin,
                  "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'frozen'"
                      + " AND state = 'active' AND query LIKE '%pg_sleep%'",
                  1);
              network.freeze();
              task.cancel();
              assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
              assertThat(database.statistics().open()).isZero();
            }
          });
    }
  }

  @Test
  void nothingPasses_cancelledConnectGivesItsPlaceBackAfterItsGrace() throws Exception {
    try (Network network = new Network(PostgresServer.shared().port())) {
      network.freeze();
      Asyncio.run(
          () -> {
            try (Database database = Database.open(url(network), IMPATIENT)) {
              cancelInConnect(network, database);
              Task<Integer> next =
                  createTask(
                      () -> Plain.oneInt(database.dataSource(), "SELECT count(*) FROM pg_am"));
              sleep(Duration.ZERO);
              assertThat(database.statistics().waiting()).isOne();
              network.thaw();
              assertThat(next.await()).isPositive();
            }
          });
    }
  }

  @Test
  void nothingPasses_closeGivesUpWhatNobodyWants() throws Exception {
    try (Network network = new Network(PostgresServer.shared().port())) {
      network.freeze();
      Asyncio.run(
          () -> {
            try (Database database = Database.open(url(network), IMPATIENT)) {
              cancelInConnect(network, database);
              assertThat(database.statistics().opening()).isOne();
            }
          });
      network.thaw();
      network.awaitHungUp();
    }
  }

  /** Has a task cancelled whose connection is being opened and will never be. */
  private static void cancelInConnect(Network network, Database database) throws Exception {
    Task<?> task = createTask(() -> Plain.execute(database.dataSource(), "SELECT 1"));
    network.awaitStopped();
    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
  }
}
