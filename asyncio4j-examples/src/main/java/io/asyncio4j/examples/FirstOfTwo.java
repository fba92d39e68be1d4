package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.EventLoop;
import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.util.List;

/** Asks two services for our address, takes the first answer, and forgets the other. */
final class FirstOfTwo {
  private static final List<Service> REAL =
      List.of(
          new Service("ipify", "https://api.ipify.org?format=json", "ip"),
          new Service("ip-api", "http://ip-api.com/json", "query"));

  static void main(String... args) throws IOException {
    boolean real = Args.of(args, "--real").has("--real");
    EventLoop loop = EventLoop.create();
    if (real) {
      program(loop, REAL);
    } else {
      onLoopback(loop);
    }
  }

  static void onLoopback(EventLoop loop) throws IOException {
    try (Site site = loop.runUntilComplete(Site::open)) {
      site.add("/ipify", _ -> Reply.ok("{\"ip\":\"192.0.2.7\"}").after(ofSeconds(2)));
      site.add("/api", _ -> Reply.ok("{\"query\":\"192.0.2.7\"}").after(ofMillis(90)));
      program(
          loop,
          List.of(
              new Service("ipify", site.url("/ipify"), "ip"),
              new Service("ip-api", site.url("/api"), "query")));
    }
  }

  // region program
  record Service(String name, String url, String ipField) {}

  static void program(EventLoop loop, List<Service> services) {
    try (loop) {
      loop.runUntilComplete(() -> firstOf(services));
    }
  }

  private static void firstOf(List<Service> services) {
    HttpClient client = HttpClient.create(); // is closed with the loop
    var tasks = services.stream().map(s -> createTask(s.name(), () -> fetchIp(client, s))).toList();
    var answer = waitUntil(FIRST_COMPLETED, tasks);
    IO.println(answer.done().getFirst().result());
  }

  private static String fetchIp(HttpClient client, Service service) throws HttpException {
    Stopwatch watch = Stopwatch.start();
    IO.println("Fetching IP from " + service.name());
    String ip = client.get(service.url()).json().required(service.ipField()).asString();
    return service.name() + " finished with result: " + ip + ", took: " + watch + " seconds";
  }

  // endregion

  private FirstOfTwo() {}
}
