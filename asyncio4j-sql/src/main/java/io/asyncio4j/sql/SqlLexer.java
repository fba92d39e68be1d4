package io.asyncio4j.sql;

/** The parts of SQL in which nothing is a parameter, by the standard's rules and PostgreSQL's. */
final class SqlLexer {
  private SqlLexer() {}

  /**
   * Returns where the string, the quoted name or the comment ends that begins at an index, or the
   * index itself if none does.
   */
  static int endOfOpaque(String sql, int at) {
    return switch (sql.charAt(at)) {
      case '\'' -> endOfString(sql, at);
      case '"', '`' -> after(sql, sql.indexOf(sql.charAt(at), at + 1));
      case '$' -> endOfDollarQuoted(sql, at);
      case '-' -> sql.startsWith("--", at) ? after(sql, sql.indexOf('\n', at)) : at;
      case '/' -> sql.startsWith("/*", at) ? endOfBlockComment(sql, at) : at;
      default -> at;
    };
  }

  /** Returns a statement with a question mark for each string and number in it. */
  static String redact(String sql) {
    StringBuilder redacted = new StringBuilder(sql.length());
    int i = 0;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      int end = Math.max(i + 1, endOfOpaque(sql, i));
      boolean isString = c == '\'' || (c == '$' && end > i + 1);
      if (isString || (isDigit(c) && isAlone(sql, i) && (i == 0 || sql.charAt(i - 1) != '$'))) {
        redacted.append('?');
        i = isString ? end : endOfNumber(sql, i);
      } else {
        redacted.append(sql, i, end);
        i = end;
      }
    }
    return redacted.toString();
  }

  private static int endOfNumber(String sql, int from) {
    int i = from;
    while (i < sql.length() && (isWordPart(sql.charAt(i)) || isFraction(sql, i))) {
      i++;
    }
    return i;
  }

  private static boolean isFraction(String sql, int dot) {
    return sql.charAt(dot) == '.' && dot + 1 < sql.length() && isDigit(sql.charAt(dot + 1));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Tells whether a colon is the beginning of a parameter, and not of a slice behind a value. */
  static boolean beginsName(String sql, int colon) {
    if (colon + 1 >= sql.length()
        || !Character.isJavaIdentifierStart(sql.charAt(colon + 1))
        || sql.charAt(colon + 1) == '$') {
      return false;
    }
    char before = colon == 0 ? ' ' : sql.charAt(colon - 1);
    return !isWordPart(before) && before != ']' && before != ')' && before != ':';
  }

  static int endOfWord(String sql, int from) {
    int i = from;
    while (i < sql.length() && isWordPart(sql.charAt(i))) {
      i++;
    }
    return i;
  }

  static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static int after(String sql, int found) {
    return found < 0 ? sql.length() : found + 1;
  }

  /** A doubled quote needs no care: it is the end of one string and the beginning of the next. */
  private static int endOfString(String sql, int quote) {
    boolean escapes = quote > 0 && (sql.charAt(quote - 1) | 0x20) == 'e' && isAlone(sql, quote - 1);
    for (int i = quote + 1; i < sql.length(); i++) {
      if (escapes && sql.charAt(i) == '\\') {
        i++;
      } else if (sql.charAt(i) == '\'') {
        return i + 1;
      }
    }
    return sql.length();
  }

  private static boolean isAlone(String sql, int at) {
    return at == 0 || !isWordPart(sql.charAt(at - 1));
  }

  private static int endOfDollarQuoted(String sql, int dollar) {
    if (sql.charAt(dollar) != '$' || !isAlone(sql, dollar)) {
      return dollar;
    }
    int endOfTag = endOfWord(sql, dollar + 1);
    if (endOfTag >= sql.length()
        || sql.charAt(endOfTag) != '$'
        || Character.isDigit(sql.charAt(dollar + 1))) {
      return dollar;
    }
    String tag = sql.substring(dollar, endOfTag + 1);
    int end = sql.indexOf(tag, endOfTag + 1);
    return end < 0 ? sql.length() : end + tag.length();
  }

  private static int endOfBlockComment(String sql, int start) {
    int depth = 0;
    int i = start;
    while (i < sql.length()) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return sql.length();
  }
}
