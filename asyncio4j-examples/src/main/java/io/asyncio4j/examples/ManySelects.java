package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;

import io.asyncio4j.sql.Database;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/** Five hundred selects at once, over the ten connections of a pool. */
final class ManySelects {
  static void main(String... args) throws SQLException {
    String url = Args.of(args, "--url URL").value("--url");
    run(
        () -> {
          try (Database db = url == null ? Database.embedded() : Database.open(url)) {
            program(db);
          }
        });
  }

  // region program
  record Band(int id, String name, int popularity) {}

  static void program(Database db) throws SQLException {
    db.update("create table example_band (id int primary key, name text, popularity int)");
    try {
      db.batch("insert into example_band values (:id, :name, :popularity)", hundredBands());

      inTurn(db); // the JIT compiler does its work now
      var watch = Stopwatch.start();
      inTurn(db);
      IO.println("one after another: " + watch + " s");

      watch = Stopwatch.start();
      var fiveHundred = IntStream.range(0, 500).boxed().toList();
      List<List<Band>> results = map(fiveHundred, _ -> select(db)).await();
      IO.println("all at once:       " + watch + " s");

      IO.println(
          results.stream().mapToInt(List::size).sum()
              + " rows, the first "
              + results.getFirst().getFirst());
      IO.println("connections: " + db.statistics().open());
    } finally {
      db.update("drop table example_band");
    }
  }

  private static void inTurn(Database db) throws SQLException {
    for (int i = 0; i < 500; i++) {
      select(db);
    }
  }

  private static List<Band> select(Database db) throws SQLException {
    return db.query(Band.class, "select * from example_band order by id");
  }

  private static List<Band> hundredBands() {
    return IntStream.rangeClosed(1, 100).mapToObj(i -> new Band(i, "band " + i, i * 10)).toList();
  }

  // endregion

  private ManySelects() {}
}
