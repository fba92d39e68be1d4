package io.asyncio4j.cli;

import io.asyncio4j.refire.Plan;
import io.asyncio4j.refire.ProgressListener;
import io.asyncio4j.refire.Refire;
import io.asyncio4j.refire.RefireException;
import io.asyncio4j.refire.RefireOptions;
import io.asyncio4j.refire.StatusSet;
import io.asyncio4j.refire.Summary;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code refire}: reads options, shows progress, prints the end of a run. */
@Command(
    name = "refire",
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Reads web server access logs, sends every request again that ended in 5xx, and writes a log"
          + " of what came of it, each URL marked retry=True.",
      ""
    },
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all that were sent recovered, or nothing was to do",
      "1:some still fail, or requests failed and none of them could be sent",
      "2:wrong usage, or a log that cannot be opened or read to its end",
      "3:stopped by a signal, by too many failures in a row or by a full disk; everything known is"
          + " written",
      "70:a fault of this program"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asyncio4j refire --demo",
      "  asyncio4j refire --dry-run --target http://10.0.0.5:8080 access.log",
      "  asyncio4j refire --target http://10.0.0.5:8080 access.log access.log.1.gz",
      "  zcat old/*.gz | asyncio4j refire --allow-host shop.example.com --rate 50 -",
      "",
      "Formats are found out by themselves: Common, Combined, vhost-combined, JSON lines as nginx"
          + " and Caddy write them."
    })
final class RefireCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "LOG",
      description = "A log file, plain or .gz, or - for standard input.")
  private List<String> logs = new ArrayList<>();

  @Option(
      names = "--demo",
      description =
          "Do it with an embedded log and an embedded flaky server, in ./asyncio4j-demo, whose files"
              + " are replaced.")
  private boolean demo;

  @Option(
      names = "--demo-lines",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Lines of the demo's log (${DEFAULT-VALUE}).")
  private int demoLines;

  @Option(
      names = "--target",
      paramLabel = "URL",
      description = "Scheme, host and port to send to, instead of each line's own.")
  private @Nullable URI target;

  @Option(
      names = "--keep-host",
      description = "With --target: send the log's Host header, not the target's.")
  private boolean keepHost;

  @Option(
      names = "--allow-host",
      paramLabel = "HOST[:PORT]",
      split = ",",
      description =
          "Without --target: a host that lines may be sent to. Nothing is sent anywhere only because"
              + " a log says so. Repeatable.")
  private List<String> allowHosts = new ArrayList<>();

  @Option(
      names = "--status",
      paramLabel = "SET",
      description = "Statuses that count as failed (500-599), such as 500-599,429.")
  private @Nullable StatusSet status;

  @Option(
      names = "--methods",
      paramLabel = "METHOD",
      split = ",",
      description =
          "Methods that may be sent again (GET,HEAD,OPTIONS). A log has no bodies; what is not sent"
              + " is counted with its reason.")
  private @Nullable List<String> methods;

  @Option(
      names = "--every-line",
      description = "Send each failed line, not each distinct request once.")
  private boolean everyLine;

  @Option(
      names = "--success",
      paramLabel = "SET",
      description = "Statuses that count as recovered (200-299,304). Redirects are not followed.")
  private @Nullable StatusSet success;

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      description = "Most requests in flight (16); fewer at first and while answers are bad.")
  private @Nullable Integer concurrency;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Most requests begun in a second (no limit).")
  private @Nullable Double rate;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Longest wait for one answer (30s).")
  private @Nullable Duration timeout;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often a request that failed is sent again (3), after growing pauses.")
  private @Nullable Integer retries;

  @Option(
      names = "--retry-after-cap",
      paramLabel = "TIME",
      description = "Longest pause that a server's Retry-After is granted (60s).")
  private @Nullable Duration retryAfterCap;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      description = "Failures in a row after which the run stops (100); 0 for never.")
  private @Nullable Integer maxFailuresInARow;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "Log of what was fired (the first log's name + .retry.log, or refire.retry.log for standard"
              + " input).")
  private @Nullable Path out;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Also write one JSON object for each request to FILE.")
  private @Nullable Path results;

  @Option(names = "--overwrite", description = "Replace files that exist.")
  private boolean overwrite;

  @Option(
      names = "--send-mark",
      description = "Also send retry=True; without, it is in the log only.")
  private boolean sendMark;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header to add to each request. Repeatable.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--cacert",
      paramLabel = "PEM",
      description = "Certificates to trust instead of the system's.")
  private @Nullable Path cacert;

  @Option(
      names = "--cert",
      paramLabel = "PEM",
      description = "Certificate to show to servers; with --key.")
  private @Nullable Path clientCert;

  @Option(names = "--key", paramLabel = "PEM", description = "Private key of --cert.")
  private @Nullable Path clientKey;

  @Option(names = "--proxy", paramLabel = "URL", description = "Proxy to send through.")
  private @Nullable URI proxy;

  @Option(
      names = {"-n", "--dry-run"},
      description =
          "Print what would be done: read, unreadable, failed, sendable, refused and why.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "Print the summary as JSON, and nothing else, on standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress on standard error.")
  private boolean quiet;

  @SuppressWarnings("NullAway.Init") // picocli sets spec
  RefireCommand() {}

  @Override
  public Integer call() throws IOException {
    try {
      return demo ? runDemo() : run(options(logs));
    } catch (RefireException e) {
      spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
      return Main.USAGE;
    }
  }

  private int run(RefireOptions options) throws RefireException {
    Refire refire = new Refire(options);
    StopSignals.onFirst(refire::stop);
    RefireReport report = new RefireReport(System.out);
    if (dryRun) {
      Plan plan = showing(refire::plan);
      if (json) {
        System.out.println(plan.toJson());
      } else {
        report.plan(plan);
      }
      return plan.problems().isEmpty() ? Main.OK : Main.USAGE;
    }
    Summary summary = showing(refire::run);
    if (json) {
      System.out.println(summary.toJson());
    } else {
      report.summary(summary);
    }
    return summary.exitCode();
  }

  private int runDemo() throws IOException, RefireException {
    if (!logs.isEmpty() || target != null || out != null || results != null || dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "--demo has a log, a server and files of its own: leave out LOG, --target, --out, --results"
              + " and --dry-run");
    }
    if (demoLines < 0) {
      throw new ParameterException(
          spec.commandLine(), "the demo's log needs 0 lines or more, not " + demoLines);
    }
    return new Demo(demoLines, json, this::options, this::showing).run();
  }

  /** A run or a plan, given what listens to it. */
  @FunctionalInterface
  interface Work<T> {
    T with(ProgressListener listener) throws RefireException;
  }

  private <T> T showing(Work<T> work) throws RefireException {
    if (quiet) {
      return work.with(ProgressListener.NONE);
    }
    try (ProgressDisplay display = new ProgressDisplay(Terminal.standardError()).start()) {
      return work.with(display);
    }
  }

  private RefireOptions options(List<String> logNames) {
    return options(logNames, builder -> {});
  }

  /** Returns the options as given on the command line, after what {@code adapt} sets. */
  private RefireOptions options(List<String> logNames, Consumer<RefireOptions.Builder> adapt) {
    if (logNames.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "name a log to read, or - for standard input, or try --demo");
    }
    try {
      RefireOptions.Builder builder = RefireOptions.builder(logNames.toArray(String[]::new));
      adapt.accept(builder);
      set(target, builder::target);
      builder.keepHost(keepHost);
      allowHosts.forEach(builder::allowHost);
      set(status, builder::status);
      if (methods != null) {
        builder.methods(methods.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
      }
      builder.everyLine(everyLine);
      set(success, builder::success);
      set(concurrency, builder::concurrency);
      set(rate, builder::rate);
      set(timeout, builder::timeout);
      set(retries, builder::retries);
      set(retryAfterCap, builder::retryAfterCap);
      set(maxFailuresInARow, builder::maxFailuresInARow);
      set(out, builder::out);
      set(results, builder::results);
      if (overwrite) {
        builder.overwrite(true);
      }
      builder.sendMark(sendMark);
      headers.forEach(text -> builder.header(RefireOptions.Header.parse(text)));
      set(cacert, builder::cacert);
      if (clientCert != null && clientKey != null) {
        builder.clientCert(clientCert, clientKey);
      } else if (clientCert != null || clientKey != null) {
        throw new IllegalArgumentException("--cert and --key go together");
      }
      set(proxy, builder::proxy);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static <T> void set(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
