package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.Task;
import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.util.List;

/** Asks two services for our address, takes the first answer, and cancels the other request. */
final class FirstOfTwoTidy {
  private static final List<Service> REAL =
      List.of(
          new Service("ipify", "https://api.ipify.org?format=json", "ip"),
          new Service("ip-api", "http://ip-api.com/json", "query"));

  static void main(String... args) throws IOException {
    if (Args.of(args, "--real").has("--real")) {
      run(() -> program(REAL));
    } else {
      run(FirstOfTwoTidy::onLoopback);
    }
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/ipify", _ -> Reply.ok("{\"ip\":\"192.0.2.7\"}").after(ofSeconds(2)));
      site.add("/api", _ -> Reply.ok("{\"query\":\"192.0.2.7\"}").after(ofMillis(90)));
      program(
          List.of(
              new Service("ipify", site.url("/ipify"), "ip"),
              new Service("ip-api", site.url("/api"), "query")));
    }
  }

  record Service(String name, String url, String ipField) {}

  // region program
  static void program(List<Service> services) {
    try (HttpClient client = HttpClient.create()) {
      var tasks =
          services.stream().map(s -> createTask(s.name(), () -> fetchIp(client, s))).toList();
      var answer = waitUntil(FIRST_COMPLETED, tasks);
      IO.println(answer.done().getFirst().result());
      answer.pending().forEach(Task::cancel);
    }
  }

  // endregion

  private static String fetchIp(HttpClient client, Service service) throws HttpException {
    Stopwatch watch = Stopwatch.start();
    IO.println("Fetching IP from " + service.name());
    String ip = client.get(service.url()).json().required(service.ipField()).asString();
    return service.name() + " finished with result: " + ip + ", took: " + watch + " seconds";
  }

  private FirstOfTwoTidy() {}
}
