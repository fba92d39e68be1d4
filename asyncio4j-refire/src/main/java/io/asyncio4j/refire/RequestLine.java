package io.asyncio4j.refire;

import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a request line stand in its text.
 *
 * @param method the method
 * @param targetStart where the request target begins
 * @param targetEnd where it ends; what follows, if anything, is the protocol
 */
record RequestLine(String method, int targetStart, int targetEnd) {
  /** Takes a request line apart; null if it is none. The protocol may be missing (HTTP/0.9). */
  static @Nullable RequestLine parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      return null;
    }
    String method = text.substring(0, space);
    int end = protocolStart(text);
    return HttpSyntax.isToken(method) && end > space + 1
        ? new RequestLine(method, space + 1, end)
        : null;
  }

  private static int protocolStart(String text) {
    int space = text.lastIndexOf(' ');
    String last = text.substring(space + 1);
    boolean isProtocol =
        last.startsWith("HTTP/")
            && last.length() > 5
            && last.chars().skip(5).allMatch(c -> HttpSyntax.isDigit((char) c) || c == '.');
    return isProtocol ? space : text.length();
  }

  String target(String text) {
    return text.substring(targetStart, targetEnd);
  }
}
