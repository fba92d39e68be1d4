package io.asyncio4j.refire;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides whether and where to send a logged request, and with which target. */
final class TargetBuilder {
  private final @Nullable Origin target;
  private final boolean keepHost;
  private final List<AllowedHost> allowed;
  private final Set<String> methods;
  private final boolean sendMark;

  TargetBuilder(RefireOptions options) {
    target = options.target().map(Origin::ofTarget).orElse(null);
    keepHost = options.keepHost();
    allowed = options.allowHosts().stream().map(AllowedHost::parse).toList();
    methods = options.methods();
    sendMark = options.sendMark();
  }

  /** Decides. */
  Sending build(LoggedRequest request) {
    String method = request.method();
    String logged = request.target();
    if (method == null || logged == null) {
      return new Sending.Refused(Refusal.NO_REQUEST, "", "", "");
    }
    if (!methods.contains(method)) {
      return new Sending.Refused(Refusal.METHOD, method, method, describe(request, logged));
    }
    if (logged.equals("*") || method.equals("CONNECT")) {
      return new Sending.Refused(Refusal.NO_RESOURCE, "", method, logged);
    }
    Parts parts = Parts.of(request, logged);
    if (parts.wrong != null) {
      return new Sending.Refused(Refusal.BAD_URL, parts.wrong, method, logged);
    }
    String bare = Mark.removeLast(parts.path);
    String wire = sendMark ? Mark.add(bare) : bare;
    if (target != null) {
      String host =
          keepHost && parts.host != null
              ? Origin.of(parts.likelyScheme(), parts.host).authority()
              : target.authority();
      return new Sending.Send(method, target, host, wire, bare);
    }
    return toOwnHost(method, parts, wire, bare);
  }

  private Sending toOwnHost(String method, Parts parts, String wire, String bare) {
    Origin.Authority host = parts.host;
    if (host == null) {
      return new Sending.Refused(Refusal.NO_HOST, "", method, bare);
    }
    for (AllowedHost candidate : allowed) {
      String scheme = parts.scheme;
      if (scheme == null) {
        scheme = candidate.scheme() == null ? parts.likelyScheme() : candidate.scheme();
      }
      if (candidate.covers(host, scheme)) {
        Origin origin = Origin.of(scheme, host);
        return new Sending.Send(method, origin, origin.authority(), wire, bare);
      }
    }
    String url = Origin.of(parts.likelyScheme(), host) + bare;
    return new Sending.Refused(Refusal.HOST_NOT_ALLOWED, host.toString(), method, url);
  }

  private static String describe(LoggedRequest request, String logged) {
    boolean add = request.host() != null && logged.startsWith("/");
    return add ? request.host() + logged : logged;
  }

  /**
   * The parts of a logged target that can be sent.
   *
   * @param path path and query, fit for the wire
   * @param scheme what the line says; null if it says none
   * @param host what the line says; null if it says none
   * @param wrong what is wrong with it; null if nothing
   */
  private record Parts(
      String path,
      @Nullable String scheme,
      Origin.@Nullable Authority host,
      @Nullable String wrong) {

    static Parts of(LoggedRequest request, String logged) {
      int fragment = logged.indexOf('#');
      String url = fragment < 0 ? logged : logged.substring(0, fragment);
      for (int i = 0; i < url.length(); i++) {
        if (url.charAt(i) < 0x20 || url.charAt(i) == 0x7f) {
          return wrong("control character 0x%02x".formatted((int) url.charAt(i)));
        }
      }
      if (url.startsWith("/")) {
        String scheme = request.scheme();
        boolean known = "http".equals(scheme) || "https".equals(scheme);
        Origin.Authority host =
            request.host() == null ? null : Origin.Authority.parse(request.host());
        return new Parts(encode(url), known ? scheme : null, host, null);
      }
      int colon = url.indexOf("://");
      if (colon < 0) {
        return wrong("neither a path nor an absolute URL");
      }
      return absolute(url.substring(0, colon).toLowerCase(Locale.ROOT), url.substring(colon + 3));
    }

    private static Parts absolute(String scheme, String rest) {
      if (!(scheme.equals("http") || scheme.equals("https"))) {
        return wrong("scheme is neither http nor https");
      }
      int end = 0;
      while (end < rest.length() && "/?".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
      String authority = rest.substring(0, end);
      if (authority.indexOf('@') >= 0) {
        return wrong("user name in the URL");
      }
      Origin.Authority host = Origin.Authority.parse(authority);
      if (host == null) {
        return wrong("malformed host");
      }
      String path = rest.substring(end);
      return new Parts(encode(path.startsWith("/") ? path : "/" + path), scheme, host, null);
    }

    private static Parts wrong(String what) {
      return new Parts("", null, null, what);
    }

    /** Returns the scheme the line says, or the likely one; with a host only. */
    String likelyScheme() {
      if (scheme != null) {
        return scheme;
      }
      return host == null ? "https" : Origin.likelyScheme(host);
    }

    /** Percent-encodes what may not stand in a request line; all else stays as it was logged. */
    private static String encode(String url) {
      StringBuilder encoded = null;
      for (int i = 0; i < url.length(); i++) {
        char c = url.charAt(i);
        boolean bad = c <= ' ' || c >= 0x7f;
        if (bad && encoded == null) {
          encoded = new StringBuilder(url.length() + 16).append(url, 0, i);
        }
        if (encoded != null) {
          encoded.append(bad ? "%%%02X".formatted((int) c) : Character.toString(c));
        }
      }
      return encoded == null ? url : encoded.toString();
    }
  }
}
