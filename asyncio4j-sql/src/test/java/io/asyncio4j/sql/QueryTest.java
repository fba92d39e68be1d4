package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Task;
import io.asyncio4j.testing.AsyncTest;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows, values and changes, on each engine. */
@ParameterizedClass
@EnumSource(TestDatabases.class)
final class QueryTest {
  private static final String PEOPLE = "select id, name, age from person";

  private enum Colour {
    RED,
    GREEN
  }

  private record Shirt(long id, Colour colour) {}

  private record Camel(String firstName, @Nullable Integer ageInYears) {}

  private record Primitive(int age) {}

  private record Refusing(int age) {
    @SuppressWarnings("UnusedMethod") // called by reflection
    Refusing {
      if (age > 40) {
        throw new IllegalArgumentException("too old");
      }
    }
  }

  @Parameter TestDatabases engine;

  private final String name = TestDatabases.newName();
  private Database db;

  @BeforeEach
  void createTable() throws SQLException {
    db = engine.create(name);
    db.update("create table person (id bigint primary key, name varchar(50), age int)");
    db.batch(
        "insert into person values (:id, :name, :age)",
        List.of(new Person(1, "Ada", 36), new Person(2, "Grace", 85), new Person(3, "Linus", 21)));
  }

  @AfterEach
  void drop() throws SQLException {
    engine.drop(db, name);
    db.close();
  }

  // ---- rows

  @AsyncTest
  void query_record_isMadeOfTheColumnsOfItsNames() throws SQLException {
    List<Person> adults =
        db.query(
            Person.class,
            "select age, name, id, 'more' as more from person where age > :age order by id",
            Map.of("age", 30));
    assertThat(adults).containsExactly(new Person(1, "Ada", 36), new Person(2, "Grace", 85));
  }

  @AsyncTest
  void query_underscoresAndCase_makeNoDifference() throws SQLException {
    assertThat(db.query(Camel.class, "select 'a' as FIRST_NAME, cast(null as int) as age_in_years"))
        .containsExactly(new Camel("a", null));
  }

  @AsyncTest
  void query_noColumnForComponent_tellsTheColumns() {
    assertThatThrownBy(() -> db.query(Person.class, "select id, name from person"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Person.age; the columns are [id, name]");
  }

  @AsyncTest
  void query_twoColumnsOfOneName_isRefused() {
    assertThatThrownBy(() -> db.query(Primitive.class, "select age, age from person"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("two columns are called age");
  }

  @AsyncTest
  void query_nullForPrimitive_tellsTheComponent() {
    assertThatThrownBy(() -> db.query(Primitive.class, "select cast(null as int) as age"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Primitive.age is null, which no int can be");
  }

  @AsyncTest
  void query_constructorThrows_passesAsItIs() {
    assertThatThrownBy(() -> db.query(Refusing.class, "select age from person"))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("too old");
  }

  @AsyncTest
  void query_oneColumn_isReadAsTheType() throws SQLException {
    assertThat(db.query(String.class, "select name from person order by id"))
        .containsExactly("Ada", "Grace", "Linus");
    assertThat(db.queryOne(long.class, "select count(*) from person")).isEqualTo(3);
    assertThatThrownBy(() -> db.query(String.class, PEOPLE))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("has 3 columns");
  }

  @AsyncTest
  void query_nullScalar_isRefusedWithAWayOut() {
    assertThatThrownBy(() -> db.query(String.class, "select cast(null as varchar)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("the column is null");
  }

  @AsyncTest
  void query_mapper_makesWhatItMakes() throws SQLException {
    assertThat(db.query(row -> row.getString("name") + row.getInt("age"), PEOPLE + " order by id"))
        .containsExactly("Ada36", "Grace85", "Linus21");
    int seven = db.queryOne(row -> row.getInt(1), "select 7");
    assertThat(seven).isEqualTo(7);
    assertThat(db.queryOptional(row -> row.getInt(1), "select 7 from person where id = 9"))
        .isEmpty();
  }

  @AsyncTest
  void query_row_hasNamesAndValues() throws SQLException {
    Row row = db.queryOne(Row.class, PEOPLE + " where id = ?", 1);
    assertThat(row.columns()).containsExactly("id", "name", "age");
    assertThat(row.get("NAME")).isEqualTo("Ada");
    assertThat(row.get(2)).isEqualTo(36);
    assertThat(row.toMap()).isEqualTo(Map.of("id", 1L, "name", "Ada", "age", 36));
    assertThat(row).hasToString("Row{id=1, name=Ada, age=36}");
    assertThatThrownBy(() -> row.get("height")).isInstanceOf(NoSuchElementException.class);
  }

  @AsyncTest
  void query_rowWithTwoColumnsOfOneName_readsThemByIndexOnly() throws SQLException {
    Row row = db.queryOne(Row.class, "select 1 as a, 2 as a");
    assertThat(row.get(1)).isEqualTo(2);
    assertThatThrownBy(() -> row.get("a")).isInstanceOf(IllegalArgumentException.class);
  }

  @AsyncTest
  void queryOne_noRowOrTwo_areErrorsWithTheirStates() {
    assertThatThrownBy(() -> db.queryOne(Person.class, PEOPLE + " where id = 9"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("02000"));
    assertThatThrownBy(() -> db.queryOne(Person.class, PEOPLE))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("21000"));
  }

  @AsyncTest
  void queryOptional_noRowOrNull_isEmpty() throws SQLException {
    assertThat(db.queryOptional(Person.class, PEOPLE + " where id = 9")).isEmpty();
    assertThat(db.queryOptional(Integer.class, "select max(age) from person where id = 9"))
        .isEmpty();
    assertThat(db.queryOptional(Integer.class, "select max(age) from person")).contains(85);
  }

  @AsyncTest
  void query_manyRows_letsOtherTasksRunMeanwhile() throws SQLException {
    List<Integer> rowsBeforeOther = new ArrayList<>();
    List<Task<?>> others = new ArrayList<>();
    int[] rows = {0};
    db.query(
        _ -> {
          if (rows[0]++ == 0) {
            others.add(createTask(() -> rowsBeforeOther.add(rows[0])));
          }
          return 1;
        },
        "select 1 from generate_series(1, 5000)");
    others.getFirst().await();
    assertThat(rowsBeforeOther.getFirst()).isLessThanOrEqualTo(1000);
  }

  // ---- types

  @AsyncTest
  void values_ofManyTypes_comeBackAsTheyWere() throws SQLException {
    UUID uuid = UUID.randomUUID();
    Instant instant = Instant.parse("2026-11-21T09:00:00.123456Z");
    OffsetDateTime offset = instant.atOffset(ZoneOffset.UTC);
    assertThat(db.queryOne(UUID.class, "select cast(? as uuid)", uuid)).isEqualTo(uuid);
    String time = "select cast(? as timestamp(6) with time zone)";
    assertThat(db.queryOne(Instant.class, time, instant)).isEqualTo(instant);
    assertThat(db.queryOne(Instant.class, time, instant.atZone(ZoneOffset.ofHours(2))))
        .isEqualTo(instant);
    assertThat(db.queryOne(OffsetDateTime.class, time, offset).toInstant()).isEqualTo(instant);
    assertThat(db.queryOne(ZonedDateTime.class, time, offset).toInstant()).isEqualTo(instant);
    LocalDateTime local = LocalDateTime.of(2026, 11, 21, 9, 0, 1);
    assertThat(db.queryOne(LocalDateTime.class, "select cast(? as timestamp)", local))
        .isEqualTo(local);
    LocalDate date = LocalDate.of(2026, 2, 28);
    assertThat(db.queryOne(LocalDate.class, "select cast(? as date)", date)).isEqualTo(date);
    LocalTime noon = LocalTime.NOON;
    assertThat(db.queryOne(LocalTime.class, "select cast(? as time)", noon)).isEqualTo(noon);
    BigDecimal decimal = new BigDecimal("12345678901234567890.5");
    assertThat(db.queryOne(BigDecimal.class, "select cast(? as numeric(30,1))", decimal))
        .isEqualByComparingTo(decimal);
    assertThat(db.queryOne(boolean.class, "select cast(? as boolean)", true)).isTrue();
    assertThat(db.queryOne(double.class, "select cast(? as double precision)", 1.5)).isEqualTo(1.5);
    assertThat(db.queryOne(char.class, "select cast(? as varchar)", 'x')).isEqualTo('x');
    String bytes = engine == TestDatabases.H2 ? "varbinary" : "bytea";
    assertThat(db.queryOne(byte[].class, "select cast(? as " + bytes + ")", new byte[] {1, -1}))
        .containsExactly(1, -1);
  }

  @AsyncTest
  void values_enum_isStoredByItsName() throws SQLException {
    db.update("create table shirt (id bigint, colour varchar(10))");
    db.update("insert into shirt values (:id, :colour)", new Shirt(1, Colour.GREEN));
    assertThat(db.query(Shirt.class, "select * from shirt where colour = ?", Colour.GREEN))
        .containsExactly(new Shirt(1, Colour.GREEN));
    db.update("update shirt set colour = 'BLUE'");
    assertThatThrownBy(() -> db.query(Shirt.class, "select * from shirt"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("'BLUE', which is no constant of");
  }

  @SuppressWarnings("ArrayRecordComponent") // a component that is an array is what is tested
  private record Tagged(String[] tags, List<String> tagList, Optional<String> none) {}

  @AsyncTest
  void values_arrays_areArraysOrLists() throws SQLException {
    Tagged tagged =
        db.queryOne(
            Tagged.class,
            "select array['a','b'] as tags, array['c'] as tag_list, cast(null as varchar) as none");
    assertThat(tagged.tags()).containsExactly("a", "b");
    assertThat(tagged.tagList()).containsExactly("c");
    assertThat(tagged.none()).isEmpty();
    assertThat(db.queryOne(long[].class, "select array[1, 2]")).containsExactly(1L, 2L);
    assertThat(
            db.query(
                String.class,
                "select name from person where id = any(?) order by id",
                (Object) new Long[] {1L, 3L}))
        .containsExactly("Ada", "Linus");
  }

  @AsyncTest
  void values_null_isNull() throws SQLException {
    db.update("insert into person values (?, ?, ?)", 4, null, null);
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("age", null);
    values.put("id", 1);
    db.update("update person set age = :age where id = :id", values);
    assertThat(db.queryOne(Row.class, PEOPLE + " where id = 4").get("name")).isNull();
    assertThat(db.queryOptional(Integer.class, "select age from person where id = 1")).isEmpty();
  }

  @AsyncTest
  void values_collection_isSpread() throws SQLException {
    assertThat(
            db.query(
                String.class,
                "select name from person where id in (:ids) order by id",
                Map.of("ids", List.of(1, 3))))
        .containsExactly("Ada", "Linus");
  }

  // ---- changes

  @AsyncTest
  void update_change_tellsHowManyRows() throws SQLException {
    assertThat(db.update("update person set age = age + 1 where age > ?", 30)).isEqualTo(2);
    assertThat(db.update("delete from person where id = 9")).isZero();
  }

  @AsyncTest
  void batch_manyRows_areAllInserted() throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      rows.add(new Object[] {100 + i, "p" + i, i});
    }
    int[] counts = db.batch("insert into person values (?, ?, ?)", rows);
    assertThat(counts).hasSize(2500);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(2500);
    assertThat(db.queryOne(long.class, "select count(*) from person")).isEqualTo(2503);
  }

  @AsyncTest
  void batch_oneFails_noneTakesEffect() throws SQLException {
    List<Person> rows = List.of(new Person(8, "New", 1), new Person(1, "Twice", 2));
    assertThatThrownBy(() -> db.batch("insert into person values (:id, :name, :age)", rows))
        .isInstanceOf(SQLException.class);
    assertThat(db.queryOne(long.class, "select count(*) from person")).isEqualTo(3);
  }

  @AsyncTest
  void batch_noRows_doesNothing() throws SQLException {
    assertThat(db.batch("insert into person values (?, ?, ?)", List.of())).isEmpty();
  }

  @AsyncTest
  void update_fails_theDatabasesExceptionArrives() {
    assertThatThrownBy(() -> db.update("insert into person values (1, 'again', 1)"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("23505"));
  }
}
