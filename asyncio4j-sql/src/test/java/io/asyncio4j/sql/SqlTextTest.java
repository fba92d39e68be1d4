package io.asyncio4j.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a parameter in a statement, and what only looks like one. */
final class SqlTextTest {
  private record Range(int low, int high) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ':a', 'it''s :a', E'\\':a', U&':a', '?'",
        "select \":a\", `:a`, \"?\"",
        "select 1 -- :a ?\n + 1",
        "select /* :a /* :b */ ? */ 1",
        "select $$ :a ? $$, $tag$ :a $$ ? $tag$",
        "select '1'::int, x::text",
        "select array[1,2,3][1:2], items[low:high], f(x)[a:b], (f(x)):y",
        "select data ?? 'key', data ??| array['a']",
        "set x := 1",
        "select ':a",
        "select 'a' -- the end :a",
      })
  void parse_onlyLooksLikeParameters_leavesTheTextAlone(String sql) {
    assertThat(SqlText.parse(sql).bind().sql()).isEqualTo(sql);
  }

  @Test
  void bind_byPosition_keepsTheOrder() {
    SqlText.Bound bound = SqlText.parse("select ? + ?").bind(1, null);
    assertThat(bound.sql()).isEqualTo("select ? + ?");
    assertThat(bound.values()).isEqualTo(Arrays.asList(1, null));
  }

  @Test
  void bind_mapByName_eachPlaceGetsItsValue() {
    SqlText.Bound bound =
        SqlText.parse("select :b,:a+:b::int,'x'||:a_1 from t where c>:a")
            .bind(Map.of("a", 1, "b", 2, "a_1", 3, "unused", 4));
    assertThat(bound.sql()).isEqualTo("select ?,?+?::int,'x'||? from t where c>?");
    assertThat(bound.values()).isEqualTo(List.of(2, 1, 2, 3, 1));
  }

  @Test
  void bind_recordByName_componentsAreTheValues() {
    SqlText.Bound bound = SqlText.parse("between :low and :high").bind(new Range(3, 7));
    assertThat(bound.values()).isEqualTo(List.of(3, 7));
  }

  @Test
  void bind_nullInMap_isAValue() {
    Map<String, Object> values = new HashMap<>();
    values.put("a", null);
    assertThat(SqlText.parse("select :a").bind(values).values())
        .isEqualTo(Collections.singletonList(null));
  }

  @Test
  void bind_collections_takeAPlaceForEachElement() {
    SqlText.Bound named =
        SqlText.parse("a in (:ids) and b = :b").bind(Map.of("ids", List.of(1, 2, 3), "b", 4));
    assertThat(named.sql()).isEqualTo("a in (?, ?, ?) and b = ?");
    assertThat(named.values()).isEqualTo(List.of(1, 2, 3, 4));
    SqlText.Bound positional = SqlText.parse("a in (?)").bind(List.of(1, 2));
    assertThat(positional.sql()).isEqualTo("a in (?, ?)");
  }

  @Test
  void bind_emptyCollection_isRefused() {
    assertThatThrownBy(() -> SqlText.parse("a in (:ids)").bind(Map.of("ids", List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the value of :ids is an empty collection");
  }

  @Test
  void bind_wrongNumberOfValues_tellsBoth() {
    assertThatThrownBy(() -> SqlText.parse("select ?, ?").bind(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the statement has 2 parameters, but was given 1 values: select ?, ?");
    assertThatThrownBy(() -> SqlText.parse("select 1").bind(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 0 parameters, but was given 1 values");
  }

  @Test
  void bind_missingName_tellsWhichThereAre() {
    assertThatThrownBy(() -> SqlText.parse("select :b").bind(Map.of("a", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no value for :b; the map has [a]");
    assertThatThrownBy(() -> SqlText.parse("select :b").bind(new Range(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has [low, high]");
  }

  @Test
  void bind_namesButNoMap_tellsWhatItWas() {
    assertThatThrownBy(() -> SqlText.parse("select :a").bind(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but was given a java.lang.Integer");
    assertThatThrownBy(() -> SqlText.parse("select :a").bind(1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but was given 2 values");
  }

  @Test
  void parse_bothKinds_isRefused() {
    assertThatThrownBy(() -> SqlText.parse("select ?, :a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("by name and by '?'");
  }

  @Test
  void bindRow_listArrayMap_areRows() {
    assertThat(SqlText.parse("(?, ?)").bindRow(List.of(1, 2))).isEqualTo(List.of(1, 2));
    assertThat(SqlText.parse("(?, ?)").bindRow(new Object[] {1, 2})).isEqualTo(List.of(1, 2));
    assertThat(SqlText.parse("(:low)").bindRow(new Range(1, 2))).isEqualTo(List.of(1));
    assertThatThrownBy(() -> SqlText.parse("(?)").bindRow("x"))
        .hasMessageContaining("must be a List or an array, but is a java.lang.String");
  }
}
