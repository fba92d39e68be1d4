package io.asyncio4j.sql;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A URL as a driver takes it, and what goes with it.
 *
 * @param jdbc the URL for the driver
 * @param properties what the URL does not say: who logs in, and our defaults
 */
record DatabaseUrl(String jdbc, Properties properties) {
  private static final Pattern NATIVE =
      Pattern.compile("(postgres(?:ql)?|mysql|mariadb)://.*", Pattern.DOTALL);

  /** How long a server may take to answer a new connection; PostgreSQL's driver has the same. */
  private static final String CONNECT_MILLIS = "10000";

  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1\\]|)(:[0-9]*)?", Pattern.CASE_INSENSITIVE);

  /**
   * Takes a URL of JDBC, or one of the database's own, as in {@code
   * postgresql://user:password@host/db}.
   */
  static DatabaseUrl parse(String url) {
    Properties properties = new Properties();
    String jdbc = url;
    Matcher own = NATIVE.matcher(url);
    if (own.matches()) {
      jdbc = fromNative(own.group(1), url, properties);
    } else if (!url.startsWith("jdbc:")) {
      throw new IllegalArgumentException(
          "'"
              + Redaction.of(url)
              + "' is no URL of a database; write jdbc:postgresql://host/name,"
              + " postgresql://user@host/name, mysql://user@host/name,"
              + " mariadb://user@host/name or jdbc:h2:mem:");
    }
    switch (Engine.of(jdbc)) {
      case POSTGRESQL -> addDefaultsOfPostgres(jdbc, properties);
      case MYSQL -> addDefaultsOfMySql(jdbc, properties);
      case MARIADB -> addDefaultsOfMariaDb(jdbc, properties);
      case SERVER, IN_PROCESS -> {}
    }
    return new DatabaseUrl(jdbc, properties);
  }

  private static String fromNative(String scheme, String url, Properties properties) {
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
    return prefixFor(scheme)
        + authority.substring(at + 1)
        + (path == null || path.isEmpty() ? "/" : path)
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  /**
   * MySQL and MariaDB speak the same protocol: where one's driver is missing the other's is used.
   */
  private static String prefixFor(String scheme) {
    String own =
        switch (scheme) {
          case "mysql" -> "jdbc:mysql://";
          case "mariadb" -> "jdbc:mariadb://";
          default -> "jdbc:postgresql://";
        };
    String other =
        switch (scheme) {
          case "mysql" -> "jdbc:mariadb://";
          case "mariadb" -> "jdbc:mysql://";
          default -> own;
        };
    return !hasDriver(own) && hasDriver(other) ? other : own;
  }

  private static boolean hasDriver(String prefix) {
    try {
      DriverManager.getDriver(prefix + "localhost/");
      return true;
    } catch (SQLException e) { // there is none, which is the answer
      return false;
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  // The URL's own parameters win over these.

  private static void addDefaultsOfPostgres(String jdbc, Properties properties) {
    properties.setProperty("tcpKeepAlive", "true");
    boolean saysHow = hasOneOf(jdbc, "sslmode", "ssl", "socketFactory");
    if (!saysHow && !isLocal(jdbc)) {
      properties.setProperty("sslmode", "verify-full");
      if (!hasOneOf(jdbc, "sslrootcert", "sslfactory")) {
        properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
      }
    }
  }

  private static void addDefaultsOfMySql(String jdbc, Properties properties) {
    setUnlessSaid(jdbc, properties, "connectTimeout", CONNECT_MILLIS); // else it is infinite
    boolean saysHow =
        hasOneOf(
            jdbc, "sslMode", "useSSL", "requireSSL", "verifyServerCertificate", "socketFactory");
    if (!saysHow && !isLocal(jdbc)) {
      properties.setProperty("sslMode", "VERIFY_IDENTITY");
    }
  }

  private static void addDefaultsOfMariaDb(String jdbc, Properties properties) {
    setUnlessSaid(jdbc, properties, "connectTimeout", CONNECT_MILLIS);
    if (!hasOneOf(jdbc, "sslMode", "useSsl", "socketFactory")) {
      properties.setProperty("sslMode", isLocal(jdbc) ? "disable" : "verify-full");
    }
  }

  /** Tells whether TLS is wanted for our defaults alone. */
  static boolean demandsTls(Properties defaults) {
    String mode = defaults.getProperty("sslmode", defaults.getProperty("sslMode", "disable"));
    return !mode.equals("disable");
  }

  private static void setUnlessSaid(String jdbc, Properties properties, String name, String value) {
    if (!hasOneOf(jdbc, name)) {
      properties.setProperty(name, value);
    }
  }

  private static boolean hasOneOf(String url, String... names) {
    return Stream.of(names).anyMatch(name -> hasParameter(url, name));
  }

  private static boolean hasParameter(String url, String name) {
    return Pattern.compile("[?&;]" + name + "=", Pattern.CASE_INSENSITIVE).matcher(url).find();
  }

  private static boolean isLocal(String jdbc) {
    String rest = jdbc.substring(jdbc.indexOf(':', "jdbc:".length()) + 1);
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
