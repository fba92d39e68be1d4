package io.asyncio4j.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Undoes the content codings of a body. */
final class BodyDecoder {
  private static final int BUFFER = 16 * 1024;
  private static final int ZLIB_HEADER_MULTIPLE = 31;
  private static final int ZLIB_DEFLATE = 8;

  private BodyDecoder() {}

  /** What came out: the body, or why there is none. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Decoded(byte[] body, @Nullable Failure failure) {}

  static Decoded decode(Answer answer, long limit) {
    byte[] body = answer.body();
    if (body.length == 0 || !answer.headers().contains("Content-Encoding")) {
      return new Decoded(body, null);
    }
    String[] codings = String.join(",", answer.headers().all("Content-Encoding")).split(",", -1);
    for (int i = codings.length - 1; i >= 0; i--) {
      String coding = codings[i].strip().toLowerCase(Locale.ROOT);
      try (InputStream in = stream(coding, body)) {
        if (in == null) {
          return new Decoded(body, null); // not asked for: whoever did knows what to do with it
        }
        byte[] plain = read(in, limit);
        if (plain == null) {
          return new Decoded(body, Failure.bodyTooLarge(limit));
        }
        body = plain;
      } catch (IOException e) {
        return new Decoded(
            body, Failure.protocol("its body is not " + coding + ": " + e.getMessage(), e));
      }
    }
    return new Decoded(body, null);
  }

  private static @Nullable InputStream stream(String coding, byte[] body) throws IOException {
    InputStream raw = new ByteArrayInputStream(body);
    return switch (coding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(raw, BUFFER);
      case "deflate" -> isZlib(body) ? new InflaterInputStream(raw) : new RawDeflateStream(raw);
      case "identity", "" -> raw;
      default -> null;
    };
  }

  /**
   * Tells zlib, which the standard means by deflate, from the bare stream that some servers send.
   */
  private static boolean isZlib(byte[] body) {
    return body.length >= 2
        && (body[0] & 0xf) == ZLIB_DEFLATE
        && (((body[0] & 0xff) << 8) | (body[1] & 0xff)) % ZLIB_HEADER_MULTIPLE == 0;
  }

  /** Reads to the end; returns null if there is more than the limit. */
  private static byte @Nullable [] read(InputStream in, long limit) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (read > limit - plain.size()) {
        return null;
      }
      plain.write(buffer, 0, read);
    }
    return plain.toByteArray();
  }

  /** A deflate stream without a header, which frees its inflater. */
  private static final class RawDeflateStream extends InflaterInputStream {
    RawDeflateStream(InputStream in) {
      super(in, new Inflater(true), BUFFER);
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        inf.end();
      }
    }
  }
}
