package io.asyncio4j.refire;

import java.nio.charset.StandardCharsets;

/** What becomes of a request that failed: it is sent, or it is not, with a reason. */
sealed interface Sending {
  /** Returns what makes the request distinct from others. */
  byte[] identity();

  /**
   * A request to send.
   *
   * @param method the method
   * @param origin where to connect to
   * @param hostHeader the Host header
   * @param target the request target as it goes on the wire: visible ASCII, beginning with a slash
   * @param bare the target without the mark of an earlier run
   */
  record Send(String method, Origin origin, String hostHeader, String target, String bare)
      implements Sending {
    @Override
    public byte[] identity() {
      return bytes("+ " + method + ' ' + origin + ' ' + hostHeader + ' ' + bare);
    }

    /** Returns the URL as people write it. */
    String url() {
      return origin + target;
    }
  }

  /**
   * A request not to send.
   *
   * @param refusal why
   * @param detail what in this line is the reason
   * @param method the method; empty if the line has none
   * @param url the URL, or what stands in its place
   */
  record Refused(Refusal refusal, String detail, String method, String url) implements Sending {
    @Override
    public byte[] identity() {
      return bytes("- " + refusal.id() + ' ' + detail + ' ' + method + ' ' + url);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
