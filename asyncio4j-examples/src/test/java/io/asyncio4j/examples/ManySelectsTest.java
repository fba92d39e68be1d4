package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.examples.Output.assertPrints;
import static io.asyncio4j.examples.Output.assertPrintsButNumbers;

import io.asyncio4j.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManySelectsTest {
  @Test
  void fiveHundredSelects_overTenConnections_giveAllRows() throws Exception {
    assertPrintsButNumbers("13", ManySelects::main);
  }

  @Test
  void mistake_eachTaskHoldsOneConnectionAndAsksForAnother() throws Exception {
    assertPrints("13-mistake", () -> run(ManySelectsTest::mistake));
  }

  private static void mistake() {
    try (Database db = Database.embedded()) {
      List<Integer> tasks = IntStream.range(0, 20).boxed().toList();
      IO.println(map(tasks, _ -> twoConnections(db)).await());
    } catch (Exception e) {
      // Which task is the last to ask, and the data base's name, are left to chance.
      IO.println(
          e.toString().replaceAll("h2:mem:\\w+", "h2:mem:shop").replaceAll("Task-\\d+", "Task-7"));
    }
  }

  // region mistake
  private static int twoConnections(Database db) throws SQLException {
    try (Connection first = db.dataSource().getConnection()) {
      first.setReadOnly(true);
      return db.queryOne(Integer.class, "select 1"); // on a second connection
    }
  }

  // endregion
}
