package io.asyncio4j.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server's answer, read to its end.
 *
 * <p>Its methods do not suspend, and may be called by any thread. Counterpart of {@code
 * httpx.Response}, but always whole.
 */
public final class HttpResponse {
  private final HttpRequest request;
  private final String url;
  private final int status;
  private final String reason;
  private final Headers headers;
  private final byte[] body;
  private final long receivedBytes;
  private final int timesSent;
  private final Duration elapsed;
  private final List<HttpResponse> history;

  HttpResponse(
      HttpRequest request,
      String url,
      Answer answer,
      int timesSent,
      byte[] body,
      List<HttpResponse> history) {
    this.request = request;
    this.url = url;
    this.status = answer.status();
    this.reason = answer.reason();
    this.headers = answer.headers();
    this.body = body;
    this.receivedBytes = answer.received();
    this.timesSent = timesSent;
    this.elapsed = Duration.ofNanos(answer.nanos());
    this.history = List.copyOf(history);
  }

  /**
   * Returns the status.
   *
   * @return 200 to 999
   */
  public int status() {
    return status;
  }

  /**
   * Returns the words after the status.
   *
   * @return the reason phrase, often empty
   */
  public String reason() {
    return reason;
  }

  /**
   * Tells whether the status is 200 to 299.
   *
   * @return whether the request succeeded
   */
  public boolean isSuccess() {
    return status >= 200 && status <= 299;
  }

  /**
   * Throws if the status says that the request failed.
   *
   * <p>Counterpart of {@code raise_for_status}, but a redirect does not throw.
   *
   * @return this answer
   * @throws HttpStatusException if the status is 400 or more
   */
  public HttpResponse raiseForStatus() throws HttpStatusException {
    if (status >= 400) {
      throw new HttpStatusException(
          request.method() + " " + url + " was answered with " + status + " " + reason, status);
    }
    return this;
  }

  /**
   * Returns the headers as they came, those that describe a compressed body included.
   *
   * @return the headers
   */
  public Headers headers() {
    return headers;
  }

  /**
   * Returns the URL that answered, which after redirects is not that of the request; without a name
   * and password.
   *
   * @return the URL
   */
  public String url() {
    return url;
  }

  /**
   * Returns the request that was given to the client.
   *
   * @return the request
   */
  public HttpRequest request() {
    return request;
  }

  /**
   * Returns the answers that redirected to this one.
   *
   * @return the answers, oldest first; empty without redirects
   */
  public List<HttpResponse> history() {
    return history;
  }

  /**
   * Returns how long this answer took: from the first byte sent to the last one received, on the
   * loop's clock. Waiting for a connection and making one do not count.
   *
   * @return the time
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * Returns how many times the request was put on a connection to get this answer.
   *
   * @return 1, or 2 if it was sent again because the first connection proved stale; see {@link
   *     HttpClientBuilder#retryStaleConnections}
   */
  public int timesSent() {
    return timesSent;
  }

  /**
   * Returns the body, decompressed.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return body.clone();
  }

  /**
   * Returns how long the body is, decompressed.
   *
   * @return bytes
   */
  public int length() {
    return body.length;
  }

  /**
   * Returns how many bytes of body came, compressed if it was, also where the body was discarded.
   *
   * @return bytes
   */
  public long receivedBytes() {
    return receivedBytes;
  }

  /**
   * Returns the body as text, in the character set that {@code Content-Type} names, else in UTF-8.
   * What cannot be decoded becomes U+FFFD.
   *
   * @return the text
   */
  public String text() {
    return text(charset());
  }

  /**
   * Returns the body as text.
   *
   * @param charset the character set
   * @return the text
   */
  public String text(Charset charset) {
    return new String(body, charset);
  }

  /**
   * Returns the body as a JSON tree.
   *
   * @return the tree
   * @throws tools.jackson.core.JacksonException if the body is not JSON
   */
  public JsonNode json() {
    return JsonMapper.shared().readTree(body);
  }

  /**
   * Returns the body, which is JSON, as an object.
   *
   * @param type the object's class: a record, a bean, a collection
   * @return the object
   * @param <T> the object's type
   * @throws tools.jackson.core.JacksonException if the body is not JSON, or does not fit
   */
  public <T> T json(Class<T> type) {
    return JsonMapper.shared().readValue(body, type);
  }

  private Charset charset() {
    String contentType = headers.get("Content-Type");
    if (contentType == null) {
      return StandardCharsets.UTF_8;
    }
    for (String parameter : contentType.split(";", -1)) {
      String trimmed = parameter.strip();
      if (trimmed.toLowerCase(Locale.ROOT).startsWith("charset=")) {
        String name = trimmed.substring("charset=".length()).replace("\"", "").strip();
        return Charset.forName(name, StandardCharsets.UTF_8);
      }
    }
    return StandardCharsets.UTF_8;
  }

  @Override
  public String toString() {
    return "HttpResponse " + status + " of " + request.method() + " " + url;
  }
}
