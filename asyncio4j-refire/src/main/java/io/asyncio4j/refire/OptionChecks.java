package io.asyncio4j.refire;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The checks of {@link RefireOptions} that concern more than one value. */
final class OptionChecks {
  private OptionChecks() {}

  static void check(
      List<String> logs,
      Optional<URI> target,
      boolean keepHost,
      List<String> allowHosts,
      Set<String> methods,
      int concurrency,
      double rate,
      Duration timeout,
      int retries) {
    require(!logs.isEmpty(), "name a log to read, or - for standard input");
    require(
        logs.stream().filter(RefireOptions.STANDARD_INPUT::equals).count() <= 1,
        "standard input (-) can be read once only");
    require(logs.stream().noneMatch(String::isEmpty), "the name of a log is empty");
    target.ifPresent(Origin::ofTarget);
    allowHosts.forEach(AllowedHost::parse);
    require(
        target.isEmpty() || allowHosts.isEmpty(),
        "--target sends everything to one place, so --allow-host says nothing more; give one of them");
    require(
        !keepHost || target.isPresent(),
        "--keep-host concerns --target; without it each line's own host is kept anyway");
    require(!methods.isEmpty(), "name at least one method to send again");
    for (String method : methods) {
      require(HttpSyntax.isToken(method), "'%s' is no HTTP method".formatted(method));
    }
    require(concurrency >= 1, "the concurrency must be 1 or more, not " + concurrency);
    require(
        rate >= 0 && Double.isFinite(rate),
        "the rate must be a number of requests per second, 0 for no limit, not " + rate);
    require(timeout.isPositive(), "the timeout must be longer than nothing, not " + timeout);
    require(retries >= 0, "the number of retries must be 0 or more, not " + retries);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
