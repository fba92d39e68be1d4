package io.asyncio4j.sql;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What keeps passwords out of messages. */
final class Redaction {
  private static final Pattern USER_INFO = Pattern.compile("//[^/?;@]*@");
  private static final Pattern PARAMETERS = Pattern.compile("[?;].*", Pattern.DOTALL);
  private static final int DEEPEST_CAUSE = 32;

  /** A password that is shorter is a part of many words: it is masked where it is a whole one. */
  private static final int SHORT = 4;

  private Redaction() {}

  /** Returns a URL without its parameters and without who logs in. */
  static String of(String url) {
    String withoutUser = USER_INFO.matcher(url).replaceFirst("//");
    return PARAMETERS.matcher(withoutUser).replaceFirst("");
  }

  /** Returns a failure to connect as it is, or, if it tells a secret, one that does not. */
  static SQLException of(SQLException failure, String url, @Nullable String password) {
    Pattern secret = password == null || password.isEmpty() ? null : secret(password);
    if (!tells(failure, url, secret)) {
      return failure;
    }
    String message = String.valueOf(failure.getMessage()).replace(url, of(url));
    if (secret != null) {
      message = secret.matcher(message).replaceAll("***");
    }
    SQLException redacted =
        new SQLException(message, failure.getSQLState(), failure.getErrorCode());
    redacted.setStackTrace(failure.getStackTrace());
    return redacted;
  }

  private static Pattern secret(String password) {
    String quoted = Pattern.quote(password);
    return Pattern.compile(
        password.length() < SHORT
            ? "(?<![\\p{L}\\p{N}_])" + quoted + "(?![\\p{L}\\p{N}_])"
            : quoted);
  }

  private static boolean tells(SQLException failure, String url, @Nullable Pattern secret) {
    boolean urlHasSecret = !of(url).equals(url);
    Throwable e = failure;
    for (int depth = 0; e != null && depth < DEEPEST_CAUSE; depth++) {
      String message = String.valueOf(e.getMessage());
      if ((urlHasSecret && message.contains(url))
          || (secret != null && secret.matcher(message).find())) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }

  /** Returns a failure that has happened to another task as one of the calling task. */
  static SQLException again(SQLException failure) {
    return new SQLException(
        failure.getMessage(), failure.getSQLState(), failure.getErrorCode(), failure);
  }
}
