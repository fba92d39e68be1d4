package io.asyncio4j.refire;

/** A format of access log lines. */
public enum LogFormat {
  /** Common Log Format: client, time, request, status, size. */
  COMMON("common"),
  /** Common with referer, user agent and whatever follows. */
  COMBINED("combined"),
  /** Common or Combined with the virtual host in front. */
  VHOST_COMBINED("vhost-combined"),
  /** One flat JSON object a line, as nginx is told to write it. */
  NGINX_JSON("nginx-json"),
  /** One JSON object a line with a nested request, as Caddy writes it. */
  CADDY_JSON("caddy-json");

  private final String id;

  LogFormat(String id) {
    this.id = id;
  }

  /** Returns the name for people and JSON. */
  public String id() {
    return id;
  }
}
