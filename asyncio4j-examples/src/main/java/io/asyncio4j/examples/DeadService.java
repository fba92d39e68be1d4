package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;

import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Three services are asked for our address; the dead one is caught inside its task. */
final class DeadService {
  private static final List<Service> REAL =
      List.of(
          new Service("ipify", "https://api.ipify.org?format=json", "ip"),
          new Service("ip-api", "http://ip-api.com/json", "query"),
          new Service("broken", "http://no-way-this-is-going-to-work.com/json", "ip"));

  static void main(String... args) throws IOException {
    if (Args.of(args, "--real").has("--real")) {
      run(() -> program(REAL));
    } else {
      run(DeadService::onLoopback);
    }
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/ipify", _ -> sleep(Duration.ofMillis(600), Reply.ok("{\"ip\":\"192.0.2.7\"}")));
      site.add("/api", _ -> sleep(Duration.ofMillis(400), Reply.ok("{\"query\":\"192.0.2.7\"}")));
      program(
          List.of(
              new Service("ipify", site.url("/ipify"), "ip"),
              new Service("ip-api", site.url("/api"), "query"),
              new Service("broken", Site.deadUrl(), "ip")));
    }
  }

  // region program
  record Service(String name, String url, String ipField) {}

  static void program(List<Service> services) {
    try (HttpClient client = HttpClient.create()) {
      var tasks = services.stream().map(s -> createTask(() -> fetchIp(client, s))).toList();
      for (var task : waitUntil(ALL_COMPLETED, tasks).done()) {
        IO.println(task.result());
      }
    }
  }

  private static String fetchIp(HttpClient client, Service service) {
    Stopwatch watch = Stopwatch.start();
    IO.println("Fetching IP from " + service.name());
    JsonNode answer;
    try {
      answer = client.get(service.url()).json();
    } catch (HttpException e) {
      return service.name() + " is unresponsive: " + e.getMessage();
    }
    String ip = answer.required(service.ipField()).asString();
    return "%s finished with result: %s, took: %s s".formatted(service.name(), ip, watch);
  }

  // endregion

  private DeadService() {}
}
