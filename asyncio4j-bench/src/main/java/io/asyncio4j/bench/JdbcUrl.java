package io.asyncio4j.bench;

import java.net.URI;

/** PostgreSQL's own kind of URL, with user and password, as JDBC takes it. */
public record JdbcUrl(String url, String user, String password) {
  public static JdbcUrl of(String url) {
    URI uri = URI.create(url);
    String[] user = uri.getUserInfo().split(":", 2);
    return new JdbcUrl(
        "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        user[0],
        user[1]);
  }
}
