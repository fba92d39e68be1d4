package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.asyncio4j.testing.AsyncTest;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** The samples of docs/sql.md with other libraries, unmodified, and how they join a transaction. */
final class LibrarySamplesTest {
  private final String schema = TestDatabases.newName();
  private Database db;

  @BeforeEach
  void create() throws SQLException {
    db = TestDatabases.POSTGRES.create(schema);
    db.update("create table person (id bigint primary key, name text, age int)");
    db.batch(
        "insert into person values (:id, :name, :age)",
        List.of(new Person(1, "Ada", 36), new Person(2, "Grace", 85), new Person(3, "Linus", 11)));
  }

  @AfterEach
  void drop() throws SQLException {
    TestDatabases.POSTGRES.drop(db, schema);
    db.close();
  }

  private long people() throws SQLException {
    return db.queryOne(Long.class, "select count(*) from person");
  }

  // ---- Spring

  @AsyncTest
  void spring_manyAtOnce_allSucceed() throws SQLException {
    // region spring
    JdbcClient client = JdbcClient.create(db.dataSource());
    Callable<List<Person>> select =
        () ->
            client
                .sql("select * from person where age > :age")
                .param("age", 18)
                .query(Person.class)
                .list();
    List<List<Person>> results = gather(Collections.nCopies(500, select)).await();
    // endregion
    assertThat(results).hasSize(500).allMatch(rows -> rows.size() == 2);
  }

  @AsyncTest
  void spring_itsOwnTransaction_works() throws SQLException {
    JdbcClient client = JdbcClient.create(db.dataSource());
    // region springTransaction
    var manager = new DataSourceTransactionManager(db.dataSource());
    var transaction = new TransactionTemplate(manager);
    transaction.executeWithoutResult(
        status -> {
          client.sql("delete from person where id = 1").update();
          client.sql("delete from person where id = 2").update();
          status.setRollbackOnly();
        });
    // endregion
    assertThat(people()).isEqualTo(3);
  }

  @AsyncTest
  void spring_inOurTransaction_joinsIt() throws SQLException {
    JdbcClient client = JdbcClient.create(db.dataSource());
    // region springJoins
    db.transaction(
        tx -> {
          tx.update("delete from person where id = 1");
          client.sql("delete from person where id = 2").update(); // in the same transaction
          map(
                  List.of(3L, 4L),
                  id -> client.sql("delete from person where id = ?").param(id).update())
              .await(); // and so are these two, which take turns
          tx.setRollbackOnly();
        });
    // endregion
    assertThat(people()).isEqualTo(3);
  }

  @AsyncTest
  void spring_itsTransactionInOurs_isRefusedByName() throws SQLException {
    var transaction = new TransactionTemplate(new DataSourceTransactionManager(db.dataSource()));
    db.transaction(
        _ ->
            assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> {}))
                .isInstanceOf(TransactionSystemException.class)
                .cause()
                .hasMessageContaining("which ends with its body"));
  }

  // ---- jOOQ

  // region table
  static final Table<Record> PERSON = table(name("person"));
  static final Field<Long> ID = field(name("person", "id"), SQLDataType.BIGINT);
  static final Field<String> NAME = field(name("person", "name"), SQLDataType.VARCHAR);
  static final Field<Integer> AGE = field(name("person", "age"), SQLDataType.INTEGER);

  // endregion

  @AsyncTest
  void jooq_manyAtOnce_allSucceed() throws SQLException {
    // region jooq
    DSLContext jooq = DSL.using(db.dataSource(), SQLDialect.POSTGRES);
    List<Person> adults =
        jooq.select(ID, NAME, AGE)
            .from(PERSON)
            .where(AGE.gt(18))
            .orderBy(NAME)
            .fetchInto(Person.class); // suspends this task only
    int changed = jooq.update(PERSON).set(AGE, AGE.plus(1)).where(NAME.eq("Ada")).execute();
    // endregion
    assertThat(adults).containsExactly(new Person(1, "Ada", 36), new Person(2, "Grace", 85));
    assertThat(changed).isEqualTo(1);
    List<Integer> counts =
        map(IntStream.range(0, 500).boxed().toList(), _ -> jooq.fetchCount(PERSON)).await();
    assertThat(counts).hasSize(500).containsOnly(3);
  }

  @AsyncTest
  void jooq_transactions_itsOwnAndOurs() throws SQLException {
    DSLContext jooq = DSL.using(db.dataSource(), SQLDialect.POSTGRES);
    // region jooqTransaction
    jooq.transaction(own -> own.dsl().deleteFrom(PERSON).where(ID.eq(1L)).execute()); // its own
    db.transaction(
        tx -> {
          jooq.deleteFrom(PERSON).where(ID.eq(2L)).execute(); // joins the transaction
          tx.update("delete from person where id = 3");
        });
    // endregion
    assertThat(people()).isZero();
  }

  @AsyncTest
  void jooq_itsTransactionInOurs_isRefusedByName() throws SQLException {
    DSLContext jooq = DSL.using(db.dataSource(), SQLDialect.POSTGRES);
    db.transaction(
        _ ->
            assertThatThrownBy(() -> jooq.transaction(_ -> {}))
                .hasStackTraceContaining("which ends with its body"));
  }

  // ---- JDBI

  @AsyncTest
  void jdbi_manyAtOnce_allSucceed() throws SQLException {
    // region jdbi
    Jdbi jdbi = Jdbi.create(db.dataSource());
    jdbi.registerRowMapper(ConstructorMapper.factory(Person.class));
    List<Person> adults =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("select * from person where age > :age")
                    .bind("age", 18)
                    .mapTo(Person.class)
                    .list());
    // endregion
    assertThat(adults).hasSize(2);
    List<Integer> counts =
        map(
                IntStream.range(0, 500).boxed().toList(),
                _ ->
                    jdbi.<Integer, RuntimeException>withHandle(
                        handle ->
                            handle.select("select count(*) from person").mapTo(int.class).one()))
            .await();
    assertThat(counts).hasSize(500).containsOnly(3);
  }

  @AsyncTest
  void jdbi_inOurTransaction_joinsIt() throws SQLException {
    Jdbi jdbi = Jdbi.create(db.dataSource());
    db.transaction(
        tx -> {
          jdbi.useHandle(handle -> handle.execute("delete from person where id = ?", 1));
          tx.setRollbackOnly();
        });
    assertThat(people()).isEqualTo(3);
  }
}
