package io.asyncio4j.refire;

/** The letters of HTTP's grammar (RFC 9110, RFC 3986). */
final class HttpSyntax {
  private HttpSyntax() {}

  /** Tells whether the text may be a method or the name of a header. */
  static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isTokenChar(char c) {
    return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
