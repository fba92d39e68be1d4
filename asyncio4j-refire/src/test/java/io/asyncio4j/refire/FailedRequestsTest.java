package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailedRequestsTest {
  @TempDir Path directory;

  private static RawLine line(long number, String text, String ending) {
    return new RawLine(number, text, ending, text.length(), false);
  }

  private static byte[] identity(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> places(FailedRequests requests, long id) throws IOException {
    List<String> places = new ArrayList<>();
    requests.visitPlaces(id, (file, number) -> places.add(file + ":" + number));
    return places;
  }

  @ParameterizedTest
  @ValueSource(longs = {64, 4096, FailedRequests.DEFAULT_BOUND})
  void add_manyRequests_keepsEachOnceWithAllItsLines(long bound) throws IOException {
    Random random = new Random(42);
    Map<String, List<String>> expected = new HashMap<>();
    List<String> order = new ArrayList<>();
    try (FailedRequests requests = new FailedRequests(directory, bound)) {
      for (int i = 0; i < 20_000; i++) {
        String key = "request " + random.nextInt(5_000);
        int file = i / 10_000;
        boolean isNew = requests.add(file, line(i, key + "\u00ff", "\r\n"), identity(key));
        assertThat(isNew).isEqualTo(!expected.containsKey(key));
        if (isNew) {
          order.add(key);
        }
        expected.computeIfAbsent(key, _ -> new ArrayList<>()).add(file + ":" + i);
      }
      assertThat(requests.spilled()).isEqualTo(bound < FailedRequests.DEFAULT_BOUND);
      requests.complete();
      assertThat(requests.size()).isEqualTo(order.size());
      for (int id = 0; id < order.size(); id++) {
        String key = order.get(id);
        FailedRequests.Failed failed = requests.get(id);
        assertThat(failed.id()).isEqualTo(id);
        List<String> all = expected.getOrDefault(key, List.of());
        assertThat(failed.count()).isEqualTo(all.size());
        assertThat(failed.first().text()).isEqualTo(key + "\u00ff");
        assertThat(failed.first().ending()).isEqualTo("\r\n");
        assertThat(places(requests, id)).isEqualTo(all);
        assertThat(failed.file() + ":" + failed.first().number()).isEqualTo(all.getFirst());
      }
    }
  }

  @Test
  void add_withoutIdentity_isARequestOfItsOwn() throws IOException {
    try (FailedRequests requests = new FailedRequests(directory, 1024)) {
      assertThat(requests.add(0, line(1, "a", "\n"), null)).isTrue();
      assertThat(requests.add(0, line(2, "a", "\n"), null)).isTrue();
      assertThat(requests.size()).isEqualTo(2);
      assertThat(requests.get(1).first().number()).isEqualTo(2);
    }
  }

  @Test
  void add_beyondTheBound_leavesNoFileBehind() throws IOException {
    try (FailedRequests requests = new FailedRequests(directory, 64)) {
      for (int i = 0; i < 1000; i++) {
        requests.add(0, line(i, "line " + i, "\n"), identity("request " + i));
      }
      assertThat(requests.spilled()).isTrue();
      // The file has lost its name as soon as it was open, so even a killed process leaves none.
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void add_directoryNotThere_usesThatOfTheSystem() throws IOException {
    try (FailedRequests requests = new FailedRequests(directory.resolve("missing"), 64)) {
      for (int i = 0; i < 100; i++) {
        requests.add(0, line(i, "line " + i, "\n"), identity("request " + i));
      }
      assertThat(requests.spilled()).isTrue();
      assertThat(requests.get(99).first().text()).isEqualTo("line 99");
    }
  }

  @Test
  void get_afterClose_fails() throws IOException {
    FailedRequests requests = new FailedRequests(directory, 64);
    requests.add(0, line(1, "a", "\n"), null);
    requests.close();
    assertThatThrownBy(() -> requests.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
