package io.asyncio4j;

import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** What {@link ConnectOptions} and {@link ServeOptions} say of TLS. */
record TlsOptions(
    @Nullable SSLContext context,
    Consumer<SSLParameters> parameters,
    Duration handshakeTimeout,
    Duration shutdownTimeout) {
  static final TlsOptions NONE =
      new TlsOptions(null, _ -> {}, TlsSettings.HANDSHAKE_TIMEOUT, TlsSettings.SHUTDOWN_TIMEOUT);

  TlsOptions withContext(SSLContext newContext) {
    return new TlsOptions(newContext, parameters, handshakeTimeout, shutdownTimeout);
  }

  TlsOptions withParameters(Consumer<SSLParameters> newParameters) {
    return new TlsOptions(context, newParameters, handshakeTimeout, shutdownTimeout);
  }

  TlsOptions withHandshakeTimeout(Duration timeout) {
    return new TlsOptions(context, parameters, timeout, shutdownTimeout);
  }

  TlsOptions withShutdownTimeout(Duration timeout) {
    return new TlsOptions(context, parameters, handshakeTimeout, timeout);
  }

  TlsSettings settings(boolean client, @Nullable String host, int port) {
    return new TlsSettings(client, host, port, parameters, handshakeTimeout, shutdownTimeout);
  }
}
