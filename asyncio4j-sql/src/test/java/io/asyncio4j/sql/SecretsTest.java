package io.asyncio4j.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who the server is, is verified; and no password shows anywhere. */
class SecretsTest {
  /** 127.0.0.1 for the JDK, another host for whoever does not know that. */
  private static final String REMOTE = "2130706433";

  private static PostgresServer server;
  private static PostgresServer plain;

  @RegisterExtension final TestLoop loop = new TestLoop();

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.startWithTls();
    plain = PostgresServer.shared();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static DatabaseOptions login() {
    return DatabaseOptions.defaults()
        .withUser(PostgresServer.USER)
        .withPassword(PostgresServer.PASSWORD.toCharArray());
  }

  private static String url(String host, PostgresServer of, String parameters) {
    return "jdbc:postgresql://" + host + ":" + of.port() + "/postgres?" + parameters;
  }

  private void assertConnects(String url) throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url, login())) {
            assertThat(
                    Plain.oneInt(
                        database.dataSource(),
                        "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo(1);
          }
        });
  }

  private Throwable refused(String url, DatabaseOptions options) throws Exception {
    Throwable[] thrown = new Throwable[1];
    loop.run(
        () -> {
          try (Database database = Database.open(url, options)) {
            assertThatThrownBy(() -> database.dataSource().getConnection())
                .isInstanceOfSatisfying(SQLException.class, e -> thrown[0] = e);
          }
        });
    return thrown[0];
  }

  // ---- TLS

  @Test
  void certificateOfTheNamedAuthority_isTrustedForItsHost() throws Exception {
    String parameters = "sslmode=verify-full&sslrootcert=" + server.certificate();
    assertConnects(url("localhost", server, parameters));
    assertThat(refused(url(REMOTE, server, parameters), login()))
        .hasMessageContaining("could not be verified by hostnameverifier");
  }

  @Test
  void serverOnAnotherHost_mustProveWhoItIs() throws Exception {
    assertThat(refused(url(REMOTE, server, ""), login()))
        .hasMessageContaining("sslmode=verify-full&sslrootcert=FILE")
        .hasRootCauseInstanceOf(java.security.GeneralSecurityException.class);
  }

  @Test
  void serverOnAnotherHostWithoutTls_isRefusedAndTheWayOutIsNamed() throws Exception {
    assertThat(refused(url(REMOTE, plain, ""), login()))
        .hasMessageContaining("does not support SSL")
        .hasMessageContaining("sslmode=disable");
  }

  @Test
  void urlThatSaysHow_isObeyed() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url(REMOTE, plain, "sslmode=disable"), login())) {
            assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7);
          }
        });
  }

  // ---- passwords

  @Test
  void urlOfPostgres_hasUserAndPasswordDecoded() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgres://me%40home:a%2Fb+c:d@db.example:5433/shop?sslmode=require");
    assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example:5433/shop?sslmode=require");
    assertThat(url.properties())
        .containsEntry("user", "me@home")
        .containsEntry("password", "a/b+c:d");
    assertThat(url.toString()).isEqualTo("jdbc:postgresql://db.example:5433/shop");
  }

  @Test
  void urlOfMySqlOrMariaDb_becomesThatOfItsDriver() {
    DatabaseUrl mysql = DatabaseUrl.parse("mysql://me:a%2Fb@db.example/shop?useCursorFetch=true");
    assertThat(mysql.jdbc()).isEqualTo("jdbc:mysql://db.example/shop?useCursorFetch=true");
    assertThat(mysql.properties())
        .containsEntry("user", "me")
        .containsEntry("password", "a/b")
        .containsEntry("sslMode", "VERIFY_IDENTITY");
    assertThat(Engine.of(mysql.jdbc())).isEqualTo(Engine.MYSQL);
    DatabaseUrl mariadb = DatabaseUrl.parse("mariadb://me@db.example:3307/shop");
    assertThat(mariadb.jdbc()).isEqualTo("jdbc:mariadb://db.example:3307/shop");
    assertThat(mariadb.properties()).containsEntry("sslMode", "verify-full");
    assertThat(Engine.of(mariadb.jdbc())).isEqualTo(Engine.MARIADB);
  }

  @Test
  void urlOfMySqlOrMariaDb_thatIsLocalOrSaysHow_isNotMadeToVerify() {
    assertThat(DatabaseUrl.parse("mysql://me@localhost/shop").properties())
        .doesNotContainKey("sslMode");
    assertThat(DatabaseUrl.parse("mariadb://me@localhost/shop").properties())
        .containsEntry("sslMode", "disable");
    DatabaseUrl said = DatabaseUrl.parse("mysql://h/shop?sslMode=REQUIRED&connectTimeout=1");
    assertThat(said.properties()).doesNotContainKeys("sslMode", "connectTimeout");
    assertThat(DatabaseUrl.parse("jdbc:mariadb://h/shop?sslMode=trust").properties())
        .doesNotContainKey("sslMode");
  }

  @Test
  void shortPassword_isMaskedWhereItIsAWordOnly() {
    String message = "a database at host/data refused user 'abba', password=a; try later";
    assertThat(masked(message, "a"))
        .isEqualTo("*** database at host/data refused user 'abba', password=***; try later");
    assertThat(masked(message, "at"))
        .isEqualTo("a database *** host/data refused user 'abba', password=a; try later");
    assertThat(masked(message, "b")).isEqualTo(message);
    assertThat(masked(message, "abba")).contains("user '***'");
  }

  private static String masked(String message, String password) {
    return Redaction.of(new SQLException(message), "jdbc:telling://host/data", password)
        .getMessage();
  }

  @Test
  void urlOfNoDatabase_isRefusedWithoutItsSecret() {
    assertThatThrownBy(() -> Database.open("mysecretserver://me:secret@host/db?password=secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("//host/db")
        .hasMessageNotContaining("secret@")
        .hasMessageNotContaining("password");
  }

  @Test
  void wrongPassword_isNotTold() throws Exception {
    Throwable failure =
        refused(
            url("localhost", plain, "password=hidden1"),
            login().withPassword("hidden2".toCharArray()));
    assertThat(failure).hasMessageContaining("password authentication failed");
    assertThat(everything(failure)).doesNotContain("hidden1").doesNotContain("hidden2");
  }

  @Test
  void textOfDatabaseAndOptions_hasNoPassword() {
    DatabaseOptions options = login();
    Database database =
        Database.open("postgresql://me:hidden@localhost/db?password=hidden", options);
    assertThat(database.toString())
        .contains("jdbc:postgresql://localhost/db")
        .doesNotContain("hidden")
        .doesNotContain(PostgresServer.PASSWORD);
    assertThat(options.toString())
        .contains(PostgresServer.USER)
        .doesNotContain(PostgresServer.PASSWORD);
  }

  @Test
  void driverThatTellsTheUrl_isNotPassedOn() throws Exception {
    Driver teller = new TellingDriver();
    DriverManager.registerDriver(teller);
    try {
      Throwable failure =
          refused(
              "jdbc:telling://host/db;PASSWORD=hidden1",
              login().withPassword("hidden2".toCharArray()));
      assertThat(failure)
          .hasMessage("cannot connect to jdbc:telling://host/db as ***")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08001");
      assertThat(everything(failure)).doesNotContain("hidden1").doesNotContain("hidden2");
    } finally {
      DriverManager.deregisterDriver(teller);
    }
  }

  private static String everything(Throwable failure) {
    java.io.StringWriter text = new java.io.StringWriter();
    failure.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  /** A driver whose errors tell all that it knows. */
  private static final class TellingDriver implements Driver {
    @Override
    public @Nullable Connection connect(String url, Properties login) throws SQLException {
      if (!acceptsURL(url)) {
        return null;
      }
      throw new SQLException(
          "cannot connect to " + url + " as " + login.getProperty("password"),
          "08001",
          new IllegalStateException(url));
    }

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:telling:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }
}
