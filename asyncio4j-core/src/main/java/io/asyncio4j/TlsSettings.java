package io.asyncio4j;

import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How a connection does TLS when it does.
 *
 * @param client whether this end is the client
 * @param host whom the peer's certificate must name, or null where that is not checked
 * @param port the peer's port, which only tells sessions apart
 * @param parameters changes what is set here
 * @param handshakeTimeout how long the handshake may take
 * @param shutdownTimeout how long a closed connection waits for the peer's goodbye
 */
record TlsSettings(
    boolean client,
    @Nullable String host,
    int port,
    Consumer<SSLParameters> parameters,
    Duration handshakeTimeout,
    Duration shutdownTimeout) {
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);
  static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

  SSLEngine newEngine(SSLContext context) {
    SSLEngine engine =
        host == null ? context.createSSLEngine() : context.createSSLEngine(host, port);
    engine.setUseClientMode(client);
    SSLParameters set = engine.getSSLParameters();
    if (client) {
      set.setEndpointIdentificationAlgorithm("HTTPS"); // SSLEngine checks no name of its own accord
    }
    parameters.accept(set);
    engine.setSSLParameters(set);
    return engine;
  }
}
