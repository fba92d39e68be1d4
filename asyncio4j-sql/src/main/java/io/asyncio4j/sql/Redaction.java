package io.asyncio4j.sql;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What keeps passwords out of messages. */
final class Redaction {
  private static final Pattern USER_INFO = Pattern.compile("//[^/?;@]*@");
  private static final Pattern PARAMETERS = Pattern.compile("[?;].*", Pattern.DOTALL);
  private static final int DEEPEST_CAUSE = 32;

  private Redaction() {}

  /** Returns a URL without its parameters and without who logs in. */
  static String of(String url) {
    String withoutUser = USER_INFO.matcher(url).replaceFirst("//");
    return PARAMETERS.matcher(withoutUser).replaceFirst("");
  }

  /** Returns a failure to connect as it is, or, if it tells a secret, one that does not. */
  static SQLException of(SQLException failure, String url, @Nullable String password) {
    if (!tells(failure, url, password)) {
      return failure;
    }
    String message = String.valueOf(failure.getMessage()).replace(url, of(url));
    if (password != null && !password.isEmpty()) {
      message = message.replace(password, "***");
    }
    SQLException redacted =
        new SQLException(message, failure.getSQLState(), failure.getErrorCode());
    redacted.setStackTrace(failure.getStackTrace());
    return redacted;
  }

  private static boolean tells(SQLException failure, String url, @Nullable String password) {
    boolean urlHasSecret = !of(url).equals(url);
    Throwable e = failure;
    for (int depth = 0; e != null && depth < DEEPEST_CAUSE; depth++) {
      String message = String.valueOf(e.getMessage());
      if ((urlHasSecret && message.contains(url))
          || (password != null && !password.isEmpty() && message.contains(password))) {
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
