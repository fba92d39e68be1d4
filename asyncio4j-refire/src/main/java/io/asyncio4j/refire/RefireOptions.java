package io.asyncio4j.refire;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one run of {@link Refire} reads, chooses, sends and writes. Made with {@link
 * #builder(String...)}; checked when built, so that an instance is usable as far as can be told
 * without touching a file.
 *
 * @param logs the logs in the order of reading: paths, or {@code -} for standard input; at least
 *     one
 * @param target scheme, host and port to send everything to; empty: each line's own host, if
 *     allowed
 * @param keepHost whether the Host header is the log's instead of the target's
 * @param allowHosts where lines may be sent without a target: {@code host}, {@code host:port} or
 *     {@code scheme://host[:port]}; a host without a port allows all its ports
 * @param status the statuses that count as failed
 * @param methods the methods that may be sent again
 * @param everyLine whether each failed line is sent, instead of each distinct request once
 * @param success the statuses that count as recovered
 * @param concurrency the most requests in flight at a time; the run starts lower and rises to it
 * @param rate the most requests begun in a second; 0 for no limit
 * @param timeout the longest wait for one answer, from connecting to its last byte
 * @param retries how often a request that failed is sent again; 0 for one attempt only
 * @param retryAfterCap the longest pause that a server's Retry-After is granted
 * @param maxFailuresInARow how many requests may fail for good, or attempts stay without any
 *     answer, one after another before the run stops; 0 for any number
 * @param out the log of what was fired; empty for the first log's name + {@code .retry.log}
 * @param results a file that gets one JSON object a request; empty for none
 * @param overwrite whether files that exist are replaced
 * @param sendMark whether {@code retry=True} is also sent, not only logged
 * @param cacert a PEM file with the certificates to trust instead of the system's
 * @param clientCert a PEM file with the certificate to show to servers
 * @param clientKey a PEM file with the key of {@code clientCert}
 * @param proxy the proxy to send through
 * @param headers headers to add to each request, in order
 */
public record RefireOptions(
    List<String> logs,
    Optional<URI> target,
    boolean keepHost,
    List<String> allowHosts,
    StatusSet status,
    Set<String> methods,
    boolean everyLine,
    StatusSet success,
    int concurrency,
    double rate,
    Duration timeout,
    int retries,
    Duration retryAfterCap,
    int maxFailuresInARow,
    Optional<Path> out,
    Optional<Path> results,
    boolean overwrite,
    boolean sendMark,
    Optional<Path> cacert,
    Optional<Path> clientCert,
    Optional<Path> clientKey,
    Optional<URI> proxy,
    List<Header> headers) {

  /** The name that stands for standard input among the logs. */
  public static final String STANDARD_INPUT = "-";

  /**
   * A header to add to each request.
   *
   * @param name the name, an HTTP token
   * @param value the value, without line breaks
   */
  public record Header(String name, String value) {
    /**
     * Makes a header.
     *
     * @throws IllegalArgumentException if the name is no token or the value has a control character
     */
    public Header {
      if (!HttpSyntax.isToken(name)) {
        throw new IllegalArgumentException("'%s' is no header name".formatted(name));
      }
      if (value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
        throw new IllegalArgumentException(
            "the value of header %s contains a control character".formatted(name));
      }
    }

    /**
     * Reads {@code Name: value}.
     *
     * @throws IllegalArgumentException if there is no colon, or as the constructor
     */
    public static Header parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            "'%s' is no header; write it as 'Name: value'".formatted(text));
      }
      return new Header(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a value is out of its range or contradicts another
   */
  public RefireOptions {
    logs = List.copyOf(logs);
    allowHosts = List.copyOf(allowHosts);
    methods = Set.copyOf(methods);
    headers = List.copyOf(headers);
    OptionChecks.check(
        logs, target, keepHost, allowHosts, methods, concurrency, rate, timeout, retries);
    if (retryAfterCap.isNegative()) {
      throw new IllegalArgumentException("the cap of Retry-After is negative: " + retryAfterCap);
    }
    if (maxFailuresInARow < 0) {
      throw new IllegalArgumentException(
          "the number of failures in a row is negative: " + maxFailuresInARow);
    }
    if (clientCert.isPresent() != clientKey.isPresent()) {
      throw new IllegalArgumentException("a client certificate and its key go together");
    }
  }

  /** Returns a builder with the defaults, for the given logs. */
  public static Builder builder(String... logs) {
    return new Builder(List.of(logs));
  }

  /** Collects options; each method returns the builder. The defaults are those of the command. */
  public static final class Builder {
    private final List<String> logs;
    private final List<String> allowHosts = new ArrayList<>();
    private final List<Header> headers = new ArrayList<>();
    private Optional<URI> target = Optional.empty();
    private boolean keepHost;
    private StatusSet status = StatusSet.SERVER_ERRORS;
    private Set<String> methods = Set.of("GET", "HEAD", "OPTIONS");
    private boolean everyLine;
    private StatusSet success = StatusSet.RECOVERED;
    private int concurrency = 16;
    private double rate;
    private Duration timeout = Duration.ofSeconds(30);
    private int retries = 3;
    private Duration retryAfterCap = Duration.ofSeconds(60);
    private int maxFailuresInARow = 100;
    private Optional<Path> out = Optional.empty();
    private Optional<Path> results = Optional.empty();
    private boolean overwrite;
    private boolean sendMark;
    private Optional<Path> cacert = Optional.empty();
    private Optional<Path> clientCert = Optional.empty();
    private Optional<Path> clientKey = Optional.empty();
    private Optional<URI> proxy = Optional.empty();

    private Builder(List<String> logs) {
      this.logs = logs;
    }

    /** Sends everything to this scheme, host and port; default: each line's own host. */
    public Builder target(URI value) {
      target = Optional.of(value);
      return this;
    }

    /** Sends the log's Host header to the target; default: the target's. */
    public Builder keepHost(boolean value) {
      keepHost = value;
      return this;
    }

    /** Allows one more {@code host}, {@code host:port} or {@code scheme://host[:port]}. */
    public Builder allowHost(String value) {
      allowHosts.add(value);
      return this;
    }

    /** Sets which statuses count as failed; default 500-599. */
    public Builder status(StatusSet value) {
      status = value;
      return this;
    }

    /** Sets which methods may be sent again; default GET, HEAD, OPTIONS. */
    public Builder methods(Iterable<String> values) {
      Set<String> set = new LinkedHashSet<>();
      values.forEach(set::add);
      methods = set;
      return this;
    }

    /** Sends each failed line; default: each distinct request once. */
    public Builder everyLine(boolean value) {
      everyLine = value;
      return this;
    }

    /** Sets which statuses count as recovered; default 200-299,304. */
    public Builder success(StatusSet value) {
      success = value;
      return this;
    }

    /** Sets the most requests in flight at a time; default 16. */
    public Builder concurrency(int value) {
      concurrency = value;
      return this;
    }

    /** Sets the most requests begun in a second; default 0, no limit. */
    public Builder rate(double perSecond) {
      rate = perSecond;
      return this;
    }

    /** Sets the longest wait for one answer; default 30 seconds. */
    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    /** Sets how often a failed request is sent again; default 3. */
    public Builder retries(int value) {
      retries = value;
      return this;
    }

    /** Sets the longest pause that Retry-After is granted; default 60 seconds. */
    public Builder retryAfterCap(Duration value) {
      retryAfterCap = value;
      return this;
    }

    /** Sets after how many failures in a row the run stops; default 100; 0 for never. */
    public Builder maxFailuresInARow(int value) {
      maxFailuresInARow = value;
      return this;
    }

    /** Sets the log of what was fired; default: the first log's name + {@code .retry.log}. */
    public Builder out(Path value) {
      out = Optional.of(value);
      return this;
    }

    /** Sets the file that gets one JSON object a request; default: none. */
    public Builder results(Path value) {
      results = Optional.of(value);
      return this;
    }

    /** Replaces files that exist; default: they are refused. */
    public Builder overwrite(boolean value) {
      overwrite = value;
      return this;
    }

    /** Sends the mark too; default: it is in the log only. */
    public Builder sendMark(boolean value) {
      sendMark = value;
      return this;
    }

    /** Trusts the certificates of this PEM file instead of the system's. */
    public Builder cacert(Path value) {
      cacert = Optional.of(value);
      return this;
    }

    /** Shows this certificate to servers; both are PEM files. */
    public Builder clientCert(Path certificate, Path key) {
      clientCert = Optional.of(certificate);
      clientKey = Optional.of(key);
      return this;
    }

    /** Sends through this proxy. */
    public Builder proxy(URI value) {
      proxy = Optional.of(value);
      return this;
    }

    /** Adds one more header to each request. */
    public Builder header(Header value) {
      headers.add(value);
      return this;
    }

    /**
     * Builds the options.
     *
     * @throws IllegalArgumentException if a value is out of its range or contradicts another
     */
    public RefireOptions build() {
      return new RefireOptions(
          logs,
          target,
          keepHost,
          allowHosts,
          status,
          methods,
          everyLine,
          success,
          concurrency,
          rate,
          timeout,
          retries,
          retryAfterCap,
          maxFailuresInARow,
          out,
          results,
          overwrite,
          sendMark,
          cacert,
          clientCert,
          clientKey,
          proxy,
          headers);
    }
  }

  /** Returns where the log of what was fired goes. */
  public Path outFile() {
    String first = logs.getFirst();
    return out.orElseGet(
        () -> Path.of((first.equals(STANDARD_INPUT) ? "refire" : first) + ".retry.log"));
  }

  /** Returns where lines that cannot be read are kept, if there are any. */
  public Path unreadableFile() {
    Path file = outFile();
    return file.resolveSibling(file.getFileName() + ".unreadable");
  }
}
