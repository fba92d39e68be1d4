package io.asyncio4j.http;

import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sample of the README. */
final class ReadmeSampleTest {
  private final List<Object> printed = new ArrayList<>();

  private void print(Object value) {
    printed.add(value);
  }

  // region readme
  void check(List<String> urls) {
    run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            var sizes =
                gatherResults(limit(100), urls, url -> client.get(url).raiseForStatus().length())
                    .await(); // a hundred at once; each get suspends its own task only
            print(sizes.successes());
            sizes.compoundException().ifPresent(failures -> print(failures.getMessage()));
          }
        });
  }

  // endregion

  @Test
  void sampleOfReadme_goodAndBadUrl_printsBoth() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(LoopbackServer.ok("hello"))) {
      check(List.of(server.url("/"), "http://127.0.0.1:1/"));
    }
    assertThat(printed.getFirst()).isEqualTo(List.of(5));
    assertThat((String) printed.get(1)).startsWith("1 error [ConnectionRefusedException: ");
  }
}
