package io.asyncio4j;

import java.io.IOException;
import javax.net.ssl.SSLContext;

/** A reader and a writer over one transport, which TLS may take the place of. */
final class StreamConnection {
  private final EventLoop loop;
  private final StreamReader reader;
  private final StreamWriter writer = new StreamWriter(this);
  private final TlsSettings tls;
  private Transport transport;

  StreamConnection(EventLoop loop, Transport transport, int limit, TlsSettings tls) {
    this.loop = loop;
    this.transport = transport;
    this.tls = tls;
    this.reader = new StreamReader(limit, transport::read);
  }

  /** Creates one that is only written to. */
  StreamConnection(EventLoop loop, Transport transport) {
    this(loop, transport, StreamReader.DEFAULT_LIMIT, TlsOptions.NONE.settings(true, null, 0));
  }

  StreamReader reader() {
    return reader;
  }

  StreamWriter writer() {
    return writer;
  }

  Transport transport() {
    return transport;
  }

  /** Does the handshake, and carries all bytes in TLS from then on. */
  void startTls(SSLContext context) throws IOException {
    if (!(transport instanceof SocketTransport socket)) {
      throw new IllegalStateException(transport + " cannot be encrypted; it is no plain socket");
    }
    socket.drain();
    TlsTransport encrypted = new TlsTransport(loop, socket, context, tls);
    // What came after the last plain byte belongs to TLS: taken for plain text, an attacker could
    // have put it there.
    byte[] early = reader.switchTo(encrypted::read);
    encrypted.handshake(early);
    transport = encrypted;
  }
}
