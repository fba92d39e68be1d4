package io.asyncio4j.sql;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A URL as a driver takes it, and what goes with it.
 *
 * @param jdbc the URL for the driver
 * @param properties what the URL does not say: who logs in, and our defaults
 */
record DatabaseUrl(String jdbc, Properties properties) {
  private static final Pattern POSTGRESQL = Pattern.compile("postgres(ql)?://.*", Pattern.DOTALL);
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1\\]|)(:[0-9]*)?", Pattern.CASE_INSENSITIVE);

  /**
   * Takes a URL of JDBC, or one of PostgreSQL's own, {@code postgresql://user:password@host/db}.
   */
  static DatabaseUrl parse(String url) {
    Properties properties = new Properties();
    String jdbc = url;
    if (POSTGRESQL.matcher(url).matches()) {
      jdbc = fromLibpq(url, properties);
    } else if (!url.startsWith("jdbc:")) {
      throw new IllegalArgumentException(
          "'"
              + Redaction.of(url)
              + "' is no URL of a database; write jdbc:postgresql://host/name,"
              + " postgresql://user@host/name or jdbc:h2:mem:");
    }
    if (Engine.of(jdbc) == Engine.POSTGRESQL) {
      addDefaults(jdbc, properties);
    }
    return new DatabaseUrl(jdbc, properties);
  }

  private static String fromLibpq(String url, Properties properties) {
    URI uri = URI.create(url);
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String login = authority.substring(0, at);
      int colon = login.indexOf(':');
      properties.setProperty("user", decode(colon < 0 ? login : login.substring(0, colon)));
      if (colon >= 0) {
        properties.setProperty("password", decode(login.substring(colon + 1)));
      }
    }
    String path = uri.getRawPath();
    return "jdbc:postgresql://"
        + authority.substring(at + 1)
        + (path == null || path.isEmpty() ? "/" : path)
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void addDefaults(String jdbc, Properties properties) {
    properties.setProperty("tcpKeepAlive", "true"); // the URL's own parameters win over these
    boolean saysHow =
        hasParameter(jdbc, "sslmode")
            || hasParameter(jdbc, "ssl")
            || hasParameter(jdbc, "socketFactory");
    if (!saysHow && !isLocal(jdbc)) {
      properties.setProperty("sslmode", "verify-full");
      if (!hasParameter(jdbc, "sslrootcert") && !hasParameter(jdbc, "sslfactory")) {
        properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
      }
    }
  }

  private static boolean hasParameter(String url, String name) {
    return Pattern.compile("[?&;]" + name + "=", Pattern.CASE_INSENSITIVE).matcher(url).find();
  }

  private static boolean isLocal(String jdbc) {
    String rest = jdbc.substring("jdbc:postgresql:".length());
    if (!rest.startsWith("//")) {
      return true; // a name alone
    }
    String hosts = rest.substring(2).split("[/?]", 2)[0].toLowerCase(Locale.ROOT);
    for (String host : hosts.split(",", -1)) {
      if (!LOCAL.matcher(host).matches()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the URL without a secret. */
  @Override
  public String toString() {
    return Redaction.of(jdbc);
  }
}
