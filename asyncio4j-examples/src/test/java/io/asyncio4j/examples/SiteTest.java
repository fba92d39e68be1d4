package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.allTasks;
import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Future;
import io.asyncio4j.Task;
import io.asyncio4j.http.ConnectionResetException;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpRequest;
import io.asyncio4j.http.HttpResponse;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SiteTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  @Test
  void page_sleepsOnTheLoopsClock_answersInTheOrderOfTheDelays() throws IOException {
    List<String> answers = new ArrayList<>();
    loop.run(
        () -> {
          try (Site site = Site.open();
              HttpClient client = HttpClient.create()) {
            List<Callable<String>> gets = new ArrayList<>();
            for (int seconds : List.of(4, 5, 3)) {
              site.add(
                  "/" + seconds,
                  _ -> sleep(Duration.ofSeconds(seconds), Site.Reply.ok("after " + seconds)));
              gets.add(() -> client.get(site.url("/" + seconds)).text());
            }
            for (Future<String> next : asCompleted(gets)) {
              answers.add(next.<IOException>await());
            }
          }
        });
    assertThat(answers).containsExactly("after 3", "after 4", "after 5");
    loop.assertElapsed(Duration.ofSeconds(5));
  }

  @Test
  void page_thatAnswersAfterADelay_hasNoTaskMeanwhile() throws IOException {
    loop.run(
        () -> {
          try (Site site = Site.open();
              HttpClient client = HttpClient.create()) {
            site.add("/slow", _ -> Site.Reply.ok("slow").after(Duration.ofMinutes(2)));
            Task<String> get =
                createTask(
                    () ->
                        client
                            .send(
                                HttpRequest.get(site.url("/slow"))
                                    .readTimeout(Duration.ofMinutes(3))
                                    .build())
                            .text());
            sleep(Duration.ofMinutes(1));
            assertThat(allTasks()).containsExactlyInAnyOrder(get, currentTask());
            assertThat(get.await()).isEqualTo("slow");
          }
        });
    loop.assertElapsed(Duration.ofMinutes(2));
  }

  @Test
  void unknownPage_is404() throws IOException {
    loop.run(
        () -> {
          try (Site site = Site.open();
              HttpClient client = HttpClient.create()) {
            assertThat(client.get(site.url("/none")).status()).isEqualTo(404);
          }
        });
  }

  @Test
  void close_endsWhatItStillAnswers() throws IOException {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            Task<HttpResponse> get;
            try (Site site = Site.open()) {
              site.add("/slow", _ -> sleep(Duration.ofHours(1), Site.Reply.ok("")));
              get = createTask(() -> client.get(site.url("/slow")));
              sleep(Duration.ofSeconds(1));
            }
            assertThatThrownBy(get::await).isInstanceOf(ConnectionResetException.class);
          }
        });
    loop.assertElapsed(Duration.ofSeconds(1));
  }
}
