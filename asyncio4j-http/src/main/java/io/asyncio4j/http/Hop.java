package io.asyncio4j.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to one place: the request as the caller made it, or as a redirect changed it.
 *
 * @param method the method
 * @param url where to
 * @param rawTarget the request target if it is given raw, else null
 * @param headers the fields to send, without those that say where the message ends
 * @param body the body, or null
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Hop(
    String method, Url url, byte @Nullable [] rawTarget, Headers headers, @Nullable HttpBody body) {

  /** Returns what is sent first. */
  static Hop of(HttpRequest request, Settings settings) {
    Headers headers = settings.headers().overriddenBy(request.headers());
    HttpBody body = request.body();
    if (body != null && body.contentType() != null && !headers.contains("Content-Type")) {
      headers = headers.with("Content-Type", body.contentType());
    }
    Url url = request.parsedUrl();
    if (url.userInfo() != null && !headers.contains("Authorization")) {
      headers = headers.with("Authorization", Proxy.basicOfUserInfo(url.userInfo()));
    }
    return new Hop(request.method(), url, request.rawTarget(), headers, body);
  }

  static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  String shownUrl() {
    return HttpRequest.shownUrl(url, rawTarget);
  }

  /** Returns what is sent where an answer's Location points to. */
  Hop redirected(int status, String location) {
    Url next = url.resolve(location);
    boolean toGet =
        (status == 303 && !method.equals("HEAD"))
            || ((status == 301 || status == 302) && method.equals("POST"));
    Headers kept = headers;
    if (!next.origin().equals(url.origin())) {
      kept = kept.without("Authorization").without("Cookie").without("Host");
      if (next.userInfo() != null) {
        kept = kept.with("Authorization", Proxy.basicOfUserInfo(next.userInfo()));
      }
    }
    if (toGet) {
      kept = kept.without("Content-Type");
    }
    return new Hop(toGet ? "GET" : method, next, null, kept, toGet ? null : body);
  }

  /** Returns the request line and the headers as they go over the wire. */
  byte[] head(@Nullable Proxy proxy) {
    Proxy asked = url.origin().secure() ? null : proxy;
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ');
    if (asked != null) {
      head.append(url.origin());
    }
    // ISO-8859-1 there and back keeps each byte of a raw target as it is.
    head.append(
        rawTarget == null ? url.target() : new String(rawTarget, StandardCharsets.ISO_8859_1));
    head.append(" HTTP/1.1\r\n");
    if (!headers.contains("Host")) {
      append(head, "Host", url.origin().authority());
    }
    for (Map.Entry<String, String> field : headers) {
      append(head, field.getKey(), field.getValue());
    }
    if (body != null || method.equals("POST") || method.equals("PUT") || method.equals("PATCH")) {
      append(head, "Content-Length", Integer.toString(body == null ? 0 : body.length()));
    }
    String authorization = asked == null ? null : asked.authorization();
    if (authorization != null) {
      append(head, "Proxy-Authorization", authorization);
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void append(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
