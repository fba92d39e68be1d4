package io.asyncio4j.refire;

/** The backslash escapes of logs: those of Apache, of nginx, and of JSON. */
final class Escapes {
  private Escapes() {}

  /**
   * Undoes the escapes that Apache and nginx put into quoted fields: {@code \"}, {@code \\}, {@code
   * \n} and its like, {@code \x7f}. A backslash before anything else stands for itself.
   */
  static String decodeQuoted(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '\\') {
        result.append(c);
        i++;
        continue;
      }
      int hex = hex(text, i + 2, 2, text.length());
      if (i + 1 < text.length() && text.charAt(i + 1) == 'x' && hex >= 0) {
        result.append((char) hex);
        i += 4;
        continue;
      }
      int simple = i + 1 < text.length() ? simple(text.charAt(i + 1)) : -1;
      if (simple >= 0) {
        result.append((char) simple);
        i += 2;
      } else {
        result.append(c);
        i++;
      }
    }
    return result.toString();
  }

  /**
   * Decodes what begins at an index of a JSON string.
   *
   * @return how many characters were taken
   */
  static int decodeAt(String text, int index, int end, Embedded.Decoder into) {
    char c = text.charAt(index);
    if (c != '\\' || index + 1 >= end) {
      into.append(c);
      return 1;
    }
    char kind = text.charAt(index + 1);
    if (kind == 'u') {
      return decodeUnicode(text, index, end, into);
    }
    if (kind == 'x') {
      int hex = hex(text, index + 2, 2, end);
      if (hex >= 0) {
        into.append((char) hex);
        return 4;
      }
    }
    int simple = kind == '/' ? '/' : simple(kind);
    if (simple >= 0) {
      into.append((char) simple);
      return 2;
    }
    into.append(c);
    return 1;
  }

  private static int decodeUnicode(String text, int index, int end, Embedded.Decoder into) {
    int unit = hex(text, index + 2, 4, end);
    if (unit < 0) {
      into.append('\\');
      return 1;
    }
    if (Character.isHighSurrogate((char) unit)
        && index + 7 < end
        && text.startsWith("\\u", index + 6)) {
      int low = hex(text, index + 8, 4, end);
      if (low >= 0 && Character.isLowSurrogate((char) low)) {
        into.appendCodePoint(Character.toCodePoint((char) unit, (char) low));
        return 12;
      }
    }
    into.appendCodePoint(Character.isSurrogate((char) unit) ? 0xFFFD : unit);
    return 6;
  }

  private static int simple(char c) {
    return switch (c) {
      case '"' -> '"';
      case '\\' -> '\\';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      default -> -1;
    };
  }

  /** Returns the value of hexadecimal digits, or -1 if there are not that many before the end. */
  private static int hex(String text, int index, int digits, int end) {
    if (index + digits > end) {
      return -1;
    }
    int value = 0;
    for (int i = index; i < index + digits; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }
}
