package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connections that a driver opens for a URL. */
final class UrlConnections implements ConnectionFactory {
  /** The state of an error that tells that the server does not speak TLS. */
  private static final String SERVER_REFUSED = "08004";

  /** What the drivers of MySQL and MariaDB say in that case, with a state that says less. */
  private static final Pattern SERVERS_WITHOUT_TLS =
      Pattern.compile("SSL Connection required|ssl not enabled");

  private final String url;
  private final Driver driver;
  private final Engine engine;
  private final Properties properties;
  private final AtomicInteger opened = new AtomicInteger();

  UrlConnections(String url, Properties properties) {
    this.url = url;
    this.driver = driverOf(url);
    this.engine = Engine.of(url);
    this.properties = properties;
  }

  private static Driver driverOf(String url) {
    try {
      return DriverManager.getDriver(url);
    } catch (SQLException e) { // its message has the whole URL
      throw new IllegalArgumentException(
          "no JDBC driver on the class path accepts "
              + Redaction.of(url)
              + "; add the driver's jar");
    }
  }

  @Override
  public PhysicalConnection open(char @Nullable [] password) throws SQLException {
    Properties login = new Properties();
    login.putAll(properties);
    if (password != null) {
      login.setProperty("password", new String(password));
      Arrays.fill(password, ' ');
    }
    String name = describe() + " " + opened.incrementAndGet();
    Worker worker = engine == Engine.IN_PROCESS ? new Worker(name) : null;
    boolean done = false;
    try {
      Connection raw = worker == null ? connect(login) : worker.run(() -> connect(login));
      done = true;
      return new PhysicalConnection(raw, engine, worker, name);
    } finally {
      if (!done && worker != null) {
        worker.shutdown();
      }
    }
  }

  private Connection connect(Properties login) throws SQLException {
    try {
      Connection raw = driver.connect(url, login);
      if (raw == null) {
        throw new SQLException(driver + " does not accept " + describe(), "08001");
      }
      engine.prepare(raw);
      return raw;
    } catch (SQLException e) {
      SQLException told = Redaction.of(e, url, login.getProperty("password"));
      throw isAboutDefaultTls(e) ? withHint(told) : told;
    }
  }

  /** Tells whether a connection failed for the TLS that the URL did not ask for. */
  private boolean isAboutDefaultTls(SQLException failure) {
    if (!DatabaseUrl.demandsTls(properties)) {
      return false;
    }
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SSLException || SERVERS_WITHOUT_TLS.matcher(e.toString()).find()) {
        return true;
      }
    }
    return SERVER_REFUSED.equals(failure.getSQLState());
  }

  private SQLException withHint(SQLException failure) {
    String parameters =
        switch (engine) {
          case MYSQL ->
              "sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreUrl=file:KEYSTORE to the URL; on a"
                  + " network that you trust, sslMode=DISABLED.";
          case MARIADB ->
              "sslMode=verify-full&serverSslCert=FILE to the URL; on a network that you trust,"
                  + " sslMode=disable.";
          default ->
              "sslmode=verify-full&sslrootcert=FILE to the URL; on a network that you trust,"
                  + " sslmode=disable.";
        };
    return new SQLException(
        failure.getMessage()
            + " TLS with a verified certificate is the default for a server on another host. For an"
            + " authority of your own add "
            + parameters,
        failure.getSQLState(),
        failure.getErrorCode(),
        failure);
  }

  @Override
  public String describe() {
    return Redaction.of(url);
  }

  @Override
  public void close() {}
}
