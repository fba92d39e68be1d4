package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What portable mode does otherwise: a statement holds its loop, and all else is as ever. */
@EnabledIfSystemProperty(
    named = "asyncio4j.test.mode",
    matches = "portable",
    disabledReason = "the mode is one for the whole JVM")
public class PortableSqlTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static @Nullable Runnable called;

  /** The class is public for the database, which calls the method of a public class only. */
  PortableSqlTest() {}

  /** Is called by a statement, on a thread of the database. */
  public static int probe() {
    Objects.requireNonNull(called).run();
    return 7;
  }

  @Test
  void gather_fiveHundredSelectsOverTen_allRowsAndNoError() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded()) {
            Callable<List<Integer>> select =
                () ->
                    database.query(Integer.class, "select n from generate_series(1, 100) as t(n)");
            assertThat(gather(Collections.nCopies(500, select)).await())
                .hasSize(500)
                .allSatisfy(rows -> assertThat(rows).hasSize(100));
            assertThat(database.statistics().open()).isBetween(1, 10);
            assertThat(database.statistics().lent()).isZero();
          }
        });
  }

  @Test
  void fullPool_makesTasksWaitInOrder() throws Exception {
    loop.run(
        () -> {
          try (Database database =
              Database.open("jdbc:h2:mem:", DatabaseOptions.defaults().withMaxSize(1))) {
            map(
                    IntStream.range(0, 20).boxed().toList(),
                    i -> {
                      try (Connection connection = database.dataSource().getConnection()) {
                        sleep(Duration.ofMillis(1));
                        loop.mark("task " + Plain.oneInt(connection, "select " + i));
                      }
                      return i;
                    })
                .await();
            assertThat(loop.trail())
                .containsExactlyElementsOf(
                    IntStream.range(0, 20).mapToObj(i -> "task " + i).toList());
          }
        });
  }

  @Test
  void transaction_sharedByTasks_isAllOrNothing() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded()) {
            database.update("create table item (id int primary key)");
            Callable<Integer> insert =
                () -> database.update("insert into item select count(*) from item");
            database.transaction(_ -> gather(Collections.nCopies(10, insert)).await());
            assertThatThrownBy(
                    () ->
                        database.transaction(
                            tx -> {
                              tx.update("delete from item");
                              throw new IllegalStateException("no");
                            }))
                .isInstanceOf(IllegalStateException.class);
            assertThat(database.queryOne(Integer.class, "select count(*) from item")).isEqualTo(10);
          }
        });
  }

  @Test
  void statement_holdsItsLoopUntilItHasEnded() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded()) {
            EventLoop here = EventLoop.current();
            Event handed = new Event();
            called =
                () ->
                    here.callSoonThreadsafe(
                        () -> {
                          loop.mark("callback");
                          handed.set();
                        });
            database.update(
                "create alias probe for '" + PortableSqlTest.class.getName() + ".probe'");
            try (Connection connection = database.dataSource().getConnection()) {
              assertThat(Plain.oneInt(connection, "select probe()")).isEqualTo(7);
              loop.mark("statement");
              handed.await();
            }
            assertThat(loop.trail()).containsExactly("statement", "callback");
          }
        });
  }

  @Test
  void cancelledWhileItWaitsForAConnection_losesNoSlot() throws Exception {
    loop.run(
        () -> {
          try (Database database =
              Database.open("jdbc:h2:mem:", DatabaseOptions.defaults().withMaxSize(1))) {
            Connection only = database.dataSource().getConnection();
            Task<Integer> waiter = createTask(() -> database.queryOne(Integer.class, "select 1"));
            sleep(Duration.ZERO);
            waiter.cancel();
            assertThatThrownBy(waiter::await).isInstanceOf(CancellationException.class);
            only.close();
            assertThat(database.queryOne(Integer.class, "select 2")).isEqualTo(2);
          }
        });
  }
}
