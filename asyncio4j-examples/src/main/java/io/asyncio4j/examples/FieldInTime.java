package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static java.time.Duration.ofMillis;

import io.asyncio4j.Task;
import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Makes a response of which one field is there only if a service answers in time. */
final class FieldInTime {
  private static final List<Service> REAL =
      List.of(
          new Service("ipify", "https://api.ipify.org?format=json", "ip"),
          new Service("ip-api", "http://ip-api.com/json", "query"));

  static void main(String... args) throws IOException {
    Args options = Args.of(args, "-t SECONDS", "--real");
    Duration timeout = options.seconds("-t", ofMillis(10));
    if (options.has("--real")) {
      run(() -> program(timeout, REAL));
    } else {
      run(() -> onLoopback(timeout));
    }
  }

  static void onLoopback(Duration timeout) throws IOException {
    try (Site site = Site.open()) {
      site.add("/ipify", _ -> Reply.ok("{\"ip\":\"192.0.2.7\"}").after(ofMillis(300)));
      site.add("/api", _ -> Reply.ok("{\"query\":\"192.0.2.7\"}").after(ofMillis(200)));
      program(
          timeout,
          List.of(
              new Service("ipify", site.url("/ipify"), "ip"),
              new Service("ip-api", site.url("/api"), "query")));
    }
  }

  record Service(String name, String url, String ipField) {}

  // region program
  record Response(String message, String ip) {}

  static void program(Duration timeout, List<Service> services) {
    IO.println("Using a " + timeout.toNanos() / 1e9 + " timeout");
    String ip = "not available";
    try (HttpClient client = HttpClient.create()) {
      var tasks =
          services.stream().map(s -> createTask(s.name(), () -> fetchIp(client, s))).toList();
      var answer = waitUntil(FIRST_COMPLETED, tasks, timeout);
      answer.pending().forEach(Task::cancel);
      for (var task : answer.done()) {
        ip = task.result();
      }
    }
    IO.println(new Response("Result from asynchronous.", ip));
  }

  private static String fetchIp(HttpClient client, Service service) throws HttpException {
    Stopwatch watch = Stopwatch.start();
    IO.println("Fetching IP from " + service.name());
    String ip = client.get(service.url()).json().required(service.ipField()).asString();
    IO.println(service.name() + " finished with result: " + ip + ", took: " + watch + " seconds");
    return ip;
  }

  // endregion

  private FieldInTime() {}
}
