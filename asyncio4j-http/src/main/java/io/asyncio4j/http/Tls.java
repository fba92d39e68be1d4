package io.asyncio4j.http;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context of a client. */
final class Tls {
  private Tls() {}

  /**
   * Returns the context: made at once if files are to be read, so that what is wrong with them is
   * known early, else when it is first needed, since loading the JDK's certificates takes time.
   */
  static Supplier<SslContext> context(
      @Nullable Path caFile, @Nullable Path certificate, @Nullable Path key, boolean insecure) {
    if (caFile == null && certificate == null) {
      return new Supplier<>() {
        private @Nullable SslContext made;

        @Override
        public SslContext get() {
          SslContext present = made;
          if (present == null) {
            present = make(null, null, null, insecure);
            made = present;
          }
          return present;
        }
      };
    }
    SslContext made = make(caFile, certificate, key, insecure);
    return () -> made;
  }

  private static SslContext make(
      @Nullable Path caFile, @Nullable Path certificate, @Nullable Path key, boolean insecure) {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    if (caFile != null) {
      checkReadable("caFile", caFile);
      try {
        builder.trustManager(caFile.toFile());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "caFile " + caFile + " holds no certificates in PEM form: " + e.getMessage(), e);
      }
    }
    if (certificate != null && key != null) {
      checkReadable("the client certificate", certificate);
      checkReadable("the client key", key);
      try {
        builder.keyManager(certificate.toFile(), key.toFile());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "the client certificate "
                + certificate
                + " or its key "
                + key
                + " cannot be used: "
                + e.getMessage()
                + "; both must be PEM, the key unencrypted PKCS#8 (openssl pkcs8 -topk8 -nocrypt)",
            e);
      }
    }
    if (insecure) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm(null);
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static void checkReadable(String what, Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(what + " " + file + " cannot be read; check the path");
    }
  }
}
