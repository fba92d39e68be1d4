package io.asyncio4j.cli;

import io.asyncio4j.http.HttpRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code fetch}: collects URLs, has each fetched once, prints what comes. */
@Command(
    name = "fetch",
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Fetches each URL once, many at a time, and prints results as they complete and latencies at"
          + " the end. Redirects are not followed.",
      ""
    },
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all were answered with a status below 400",
      "1:some were not",
      "2:wrong usage, a list that cannot be read, or a URL that cannot be fetched; the others are",
      "3:stopped by a signal, or nobody reads the results any more",
      "70:a fault of this program"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asyncio4j fetch http://127.0.0.1:8080/ http://127.0.0.1:8080/health",
      "  asyncio4j fetch -c 100 --timeout 5s -i urls.txt",
      "  sitemap-urls | asyncio4j fetch -i -"
    })
final class FetchCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "URL", description = "A URL to fetch.")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description =
          "Also fetch the URLs in FILE, or - for standard input, one a line; blank lines and lines"
              + " that begin with # do not count. Repeatable.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      defaultValue = "16",
      description = "Most requests in flight (${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "Longest wait for one answer, with connecting (${DEFAULT-VALUE}).")
  private Duration timeout;

  @SuppressWarnings("NullAway.Init") // picocli sets spec and timeout
  FetchCommand() {}

  @Override
  public Integer call() throws IOException {
    if (concurrency < 1) {
      throw wrong("the concurrency must be 1 or more, not " + concurrency);
    }
    if (!timeout.isPositive()) {
      throw wrong("the timeout must be longer than nothing, not " + timeout);
    }
    List<String> given = new ArrayList<>(urls);
    for (String input : inputs) {
      readInto(given, input);
    }
    if (given.isEmpty()) {
      throw wrong(
          inputs.isEmpty() ? "name a URL to fetch, or a list of them with -i" : "no URL was given");
    }
    PrintWriter err = spec.commandLine().getErr();
    Map<String, HttpRequest> requests = new LinkedHashMap<>();
    int bad = 0;
    int again = 0;
    for (String url : given) {
      HttpRequest request = parse(url, err);
      if (request == null) {
        bad++;
      } else if (requests.putIfAbsent(request.url(), request) != null) {
        again++;
      }
    }
    if (again > 0) {
      err.println(
          Format.count(again, "URL")
              + (again == 1 ? " was" : " were")
              + " given again; each is fetched once");
    }
    err.flush();
    if (requests.isEmpty()) {
      return Main.USAGE;
    }
    int code = new Fetch(List.copyOf(requests.values()), concurrency, timeout, System.out).run();
    return code <= Main.SOME_FAILED && bad > 0 ? Main.USAGE : code;
  }

  /** Returns the request for a URL, or null after saying what is wrong with it. */
  private @Nullable HttpRequest parse(String url, PrintWriter err) {
    try {
      return HttpRequest.get(url).header("User-Agent", "asyncio4j").discardBody().build();
    } catch (IllegalArgumentException e) {
      err.println(spec.qualifiedName() + ": not fetched: " + e.getMessage());
      return null;
    }
  }

  private void readInto(List<String> given, String input) throws IOException {
    try (BufferedReader reader = open(input)) {
      reader
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(given::add);
    } catch (NoSuchFileException e) {
      throw wrong("there is no file " + input + " to read URLs from");
    } catch (IOException | java.io.UncheckedIOException e) {
      throw wrong("cannot read URLs from " + input + ": " + e.getMessage());
    }
  }

  private static BufferedReader open(String input) throws IOException {
    // Bytes that are no UTF-8 become U+FFFD, and the URL is sent or refused like any other.
    return new BufferedReader(
        new InputStreamReader(
            input.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(input)),
            StandardCharsets.UTF_8));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
