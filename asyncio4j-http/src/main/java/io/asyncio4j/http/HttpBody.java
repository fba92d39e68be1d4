package io.asyncio4j.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a request, whole in memory, with its media type.
 *
 * <p>Immutable; may be used by any thread and sent any number of times. Counterpart of httpx's
 * arguments {@code content}, {@code json} and {@code data}.
 */
public final class HttpBody {
  private final byte[] bytes;
  private final @Nullable String contentType;

  private HttpBody(byte[] bytes, @Nullable String contentType) {
    this.bytes = bytes;
    this.contentType = contentType;
  }

  /**
   * Returns a body of text, as UTF-8, of type {@code text/plain; charset=utf-8}.
   *
   * @param text the text
   * @return the body
   */
  public static HttpBody text(String text) {
    return text(text, "text/plain; charset=utf-8");
  }

  /**
   * Returns a body of text, as UTF-8.
   *
   * @param text the text
   * @param contentType its media type
   * @return the body
   */
  public static HttpBody text(String text, String contentType) {
    return new HttpBody(
        text.getBytes(StandardCharsets.UTF_8), Objects.requireNonNull(contentType, "contentType"));
  }

  /**
   * Returns a body of bytes, without a media type.
   *
   * @param bytes the bytes, which are copied
   * @return the body
   */
  public static HttpBody bytes(byte[] bytes) {
    return new HttpBody(bytes.clone(), null);
  }

  /**
   * Returns a body of bytes.
   *
   * @param bytes the bytes, which are copied
   * @param contentType their media type
   * @return the body
   */
  public static HttpBody bytes(byte[] bytes, String contentType) {
    return new HttpBody(bytes.clone(), Objects.requireNonNull(contentType, "contentType"));
  }

  /**
   * Returns a value as JSON, of type {@code application/json}.
   *
   * @param value a record, bean, collection, map, JSON tree or simple value, as Jackson writes it
   * @return the body
   * @throws tools.jackson.core.JacksonException if Jackson cannot write the value
   */
  public static HttpBody json(@Nullable Object value) {
    return new HttpBody(JsonMapper.shared().writeValueAsBytes(value), "application/json");
  }

  /**
   * Returns the fields of a form, of type {@code application/x-www-form-urlencoded}.
   *
   * @param fields the fields, in the map's order
   * @return the body
   */
  public static HttpBody form(Map<String, String> fields) {
    String encoded =
        fields.entrySet().stream()
            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
    return new HttpBody(
        encoded.getBytes(StandardCharsets.US_ASCII), "application/x-www-form-urlencoded");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Returns how long the body is.
   *
   * @return bytes
   */
  public int length() {
    return bytes.length;
  }

  /**
   * Returns the media type.
   *
   * @return the value for {@code Content-Type}, or null if there is none
   */
  public @Nullable String contentType() {
    return contentType;
  }

  /** Returns the bytes themselves; not to be changed. */
  byte[] shared() {
    return bytes;
  }

  @Override
  public String toString() {
    return "HttpBody of "
        + bytes.length
        + " bytes"
        + (contentType == null ? "" : ", " + contentType);
  }
}
