package io.asyncio4j.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that a client can send: method, URL, headers, body, and what it wants done differently
 * from the client's settings.
 *
 * <p>Immutable; may be used by any thread and sent any number of times, by any client. Counterpart
 * of {@code httpx.Request}.
 */
public final class HttpRequest {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");
  private static final Set<String> FRAMING =
      Set.of(
          "content-length",
          "transfer-encoding",
          "connection",
          "upgrade",
          "te",
          "trailer",
          "expect");

  private final String method;
  private final Url url;
  private final Headers headers;
  private final @Nullable HttpBody body;
  private final byte @Nullable [] rawTarget;
  private final @Nullable Boolean followRedirects;
  private final @Nullable Duration readTimeout;
  private final @Nullable Duration totalTimeout;
  private final @Nullable Long maxBodyBytes;
  private final boolean discardsBody;

  private HttpRequest(Builder builder) {
    method = builder.method;
    url = builder.url;
    headers = builder.headers;
    body = builder.body;
    rawTarget = builder.rawTarget;
    followRedirects = builder.followRedirects;
    readTimeout = builder.readTimeout;
    totalTimeout = builder.totalTimeout;
    maxBodyBytes = builder.maxBodyBytes;
    discardsBody = builder.discardsBody;
  }

  /**
   * Begins a request.
   *
   * <p>Characters that may not stand in a URL are encoded as browsers do it; {@code name:password@}
   * is sent as basic authentication unless there is an {@code Authorization} header; a fragment is
   * dropped.
   *
   * @param method the method, as it is sent
   * @param url an absolute URL with the scheme http or https
   * @return a builder
   * @throws IllegalArgumentException if the method is no HTTP token, is CONNECT, or the URL cannot
   *     be requested
   */
  public static Builder builder(String method, String url) {
    return new Builder(method, Url.parse(url));
  }

  /**
   * Begins a GET request, as {@link #builder} does.
   *
   * @param url an absolute URL
   * @return a builder
   */
  public static Builder get(String url) {
    return builder("GET", url);
  }

  /**
   * Begins a POST request, as {@link #builder} does.
   *
   * @param url an absolute URL
   * @return a builder
   */
  public static Builder post(String url) {
    return builder("POST", url);
  }

  /**
   * Returns the method.
   *
   * @return the method, as it is sent
   */
  public String method() {
    return method;
  }

  /**
   * Returns the URL, with the query parameters that were added and without a name and password.
   *
   * @return the URL; if the target is given raw, with that target
   */
  public String url() {
    return shownUrl(url, rawTarget);
  }

  /**
   * Returns the headers that were set.
   *
   * @return the headers, without those that the client adds
   */
  public Headers headers() {
    return headers;
  }

  /**
   * Returns the body.
   *
   * @return the body, or null if there is none
   */
  public @Nullable HttpBody body() {
    return body;
  }

  /** Returns a URL as messages show it: without name and password. */
  static String shownUrl(Url url, byte @Nullable [] rawTarget) {
    return rawTarget == null
        ? url.toString()
        : url.origin() + new String(rawTarget, StandardCharsets.UTF_8);
  }

  Url parsedUrl() {
    return url;
  }

  byte @Nullable [] rawTarget() {
    return rawTarget;
  }

  @Nullable Boolean followRedirects() {
    return followRedirects;
  }

  @Nullable Duration readTimeout() {
    return readTimeout;
  }

  @Nullable Duration totalTimeout() {
    return totalTimeout;
  }

  @Nullable Long maxBodyBytes() {
    return maxBodyBytes;
  }

  boolean discardsBody() {
    return discardsBody;
  }

  static boolean isIdempotent(String method) {
    return IDEMPOTENT.contains(method);
  }

  static void checkMayBeSet(String headerName) {
    if (FRAMING.contains(headerName.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "the header " + headerName + " is set by the client itself; leave it out");
    }
  }

  @Override
  public String toString() {
    return method + " " + url();
  }

  /** A request in the making. For one thread at a time. */
  public static final class Builder {
    private final String method;
    private Url url;
    private Headers headers = Headers.empty();
    private @Nullable HttpBody body;
    private byte @Nullable [] rawTarget;
    private @Nullable Boolean followRedirects;
    private @Nullable Duration readTimeout;
    private @Nullable Duration totalTimeout;
    private @Nullable Long maxBodyBytes;
    private boolean discardsBody;

    private Builder(String method, Url url) {
      // A method obeys the grammar of header names, and Headers knows it.
      Headers.empty().with(method, "");
      if (method.equals("CONNECT")) {
        throw new IllegalArgumentException(
            "CONNECT is not for requests; set a proxy on the client, which makes tunnels by itself");
      }
      this.method = method;
      this.url = url;
    }

    /**
     * Adds a header field. A name that the client or its defaults set too is taken from here;
     * {@code Host} overrides the one made of the URL.
     *
     * @param name the field's name
     * @param value its value
     * @return this builder
     * @throws IllegalArgumentException as {@link Headers#with} says, or if the field governs where
     *     a message ends, which is the client's affair ({@code Content-Length}, {@code
     *     Transfer-Encoding}, {@code Connection}, …)
     */
    public Builder header(String name, String value) {
      checkMayBeSet(name);
      headers = headers.with(name, value);
      return this;
    }

    /**
     * Adds header fields, each as {@link #header} does.
     *
     * @param fields the fields
     * @return this builder
     */
    public Builder headers(Headers fields) {
      fields.forEach(field -> header(field.getKey(), field.getValue()));
      return this;
    }

    /**
     * Adds a parameter to the URL's query, encoded as UTF-8.
     *
     * @param name the parameter's name
     * @param value its value
     * @return this builder
     * @throws IllegalStateException if the target was given raw
     */
    public Builder query(String name, String value) {
      if (rawTarget != null) {
        throw new IllegalStateException(
            "a raw target is sent as it is; put the parameter " + name + " into it");
      }
      url = url.withQuery(name, value);
      return this;
    }

    /**
     * Adds parameters to the URL's query, each as {@link #query(String, String)} does.
     *
     * @param parameters the parameters, in the map's order
     * @return this builder
     */
    public Builder query(Map<String, String> parameters) {
      parameters.forEach(this::query);
      return this;
    }

    /**
     * Sets the body.
     *
     * @param newBody the body
     * @return this builder
     */
    public Builder body(HttpBody newBody) {
      body = Objects.requireNonNull(newBody, "body");
      return this;
    }

    /**
     * Has exactly this sent as the request target, in the place of the URL's path and query: not
     * encoded, not normalized, not even where it is no URL ({@code /a|b}, {@code /%zz}, {@code
     * //x}, {@code /x?}). For repeating what another client sent.
     *
     * @param target the target, sent as UTF-8
     * @return this builder
     * @throws IllegalArgumentException if it is empty or holds a blank or a control character,
     *     which would end the target
     */
    public Builder rawTarget(String target) {
      return rawTarget(target.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Has exactly these bytes sent as the request target, as {@link #rawTarget(String)} does.
     *
     * @param target the target, which is copied
     * @return this builder
     * @throws IllegalArgumentException if it is empty or holds a byte up to 0x20, or 0x7f
     */
    public Builder rawTarget(byte[] target) {
      if (target.length == 0) {
        throw new IllegalArgumentException("the raw target is empty; the shortest is '/'");
      }
      for (int i = 0; i < target.length; i++) {
        if ((target[i] >= 0 && target[i] <= ' ') || target[i] == 0x7f) {
          throw new IllegalArgumentException(
              String.format(
                  "the raw target holds the byte 0x%02X at index %d, which would end it; encode it",
                  target[i], i));
        }
      }
      rawTarget = target.clone();
      return this;
    }

    /**
     * Says whether redirects are followed, whatever the client's setting is.
     *
     * @param follow whether to follow them
     * @return this builder
     */
    public Builder followRedirects(boolean follow) {
      followRedirects = follow;
      return this;
    }

    /**
     * Sets the read timeout, whatever the client's setting is.
     *
     * @param timeout the longest silence of the server
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder readTimeout(Duration timeout) {
      readTimeout = Settings.positive("readTimeout", timeout);
      return this;
    }

    /**
     * Sets the total timeout, whatever the client's setting is.
     *
     * @param timeout the longest time from the call to the answer, waiting and redirects included
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder totalTimeout(Duration timeout) {
      totalTimeout = Settings.positive("totalTimeout", timeout);
      return this;
    }

    /**
     * Sets how long the answer's body may be, whatever the client's setting is.
     *
     * @param bytes the limit, for the body as sent and as decompressed
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxBodyBytes(long bytes) {
      maxBodyBytes = Settings.notNegative("maxBodyBytes", bytes);
      return this;
    }

    /**
     * Has the answer's body read to its end but not kept, however long it is: {@link
     * HttpResponse#bytes} is empty, and {@link HttpResponse#receivedBytes} tells how many came. For
     * who wants the status only.
     *
     * @return this builder
     */
    public Builder discardBody() {
      discardsBody = true;
      return this;
    }

    /**
     * Makes the request.
     *
     * @return the request
     */
    public HttpRequest build() {
      return new HttpRequest(this);
    }
  }
}
