package io.asyncio4j.sql;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/**
 * An H2 database inside this process, which its connections reach through H2's own server on a
 * loopback port: so it works on threads of its own and does not hold the loop.
 */
final class EmbeddedServer implements ConnectionFactory {
  private static final String PREFIX = "jdbc:h2:";
  private static final String MEMORY = "mem:";
  private static final int RANDOM_BITS = 128;

  private final String database;
  private final String settings;
  private final Properties properties;
  private @Nullable Connection keeper;
  private @Nullable Server server;
  private @Nullable UrlConnections connections;

  EmbeddedServer(String url, Properties properties) {
    String path = url.substring(PREFIX.length());
    int end = path.indexOf(';') < 0 ? path.length() : path.indexOf(';');
    String name = path.substring(0, end);
    this.settings = path.substring(end);
    this.properties = new Properties();
    this.properties.putAll(properties);
    if (name.equals(MEMORY)) { // nobody else can know it, so nobody else need log in
      this.database = MEMORY + random();
      this.properties.putIfAbsent("user", "sa");
      this.properties.putIfAbsent("password", random());
    } else {
      this.database = name;
    }
  }

  private static String random() {
    return new BigInteger(RANDOM_BITS, new SecureRandom()).toString(Character.MAX_RADIX);
  }

  static boolean accepts(String url) {
    return url.startsWith(PREFIX) && Engine.of(url) == Engine.IN_PROCESS;
  }

  @Override
  public PhysicalConnection open(char @Nullable [] password) throws SQLException {
    return started(password).open(password);
  }

  /** Starts the server, which cannot create databases, beside a connection that keeps this one. */
  private synchronized UrlConnections started(char @Nullable [] password) throws SQLException {
    UrlConnections running = connections;
    if (running != null) {
      return running;
    }
    Properties login = new Properties();
    login.putAll(properties);
    if (password != null) {
      login.setProperty("password", new String(password));
    }
    String url = PREFIX + database + settings;
    Connection opened;
    try {
      opened = DriverManager.getConnection(url, login);
    } catch (SQLException e) {
      throw Redaction.of(e, url, login.getProperty("password"));
    }
    Server started;
    try {
      started = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start();
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
    keeper = opened;
    server = started;
    running =
        new UrlConnections(
            PREFIX + "tcp://localhost:" + started.getPort() + "/" + database + settings,
            properties);
    connections = running;
    return running;
  }

  @Override
  public String describe() {
    return PREFIX + database;
  }

  @Override
  public synchronized void close() {
    Server running = server;
    Connection keeping = keeper;
    server = null;
    keeper = null;
    connections = null;
    if (running != null) {
      running.stop();
    }
    if (keeping != null) {
      try {
        keeping.close();
      } catch (SQLException e) {
        throw new IllegalStateException("the embedded database could not be closed", e);
      }
    }
  }
}
