package io.asyncio4j.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What reads the answers on one channel, one after the other. At the end of the channel's pipeline.
 */
final class AnswerReader extends ChannelInboundHandlerAdapter {
  private static final int FIRST_BUFFER = 1 << 20;
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 256 * 1024;
  private static final int CHUNK = 64 * 1024;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final byte[] NO_BYTES = {};

  private final Connection connection;
  private final Decoder decoder =
      new Decoder(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_LINE)
              .setMaxHeaderSize(MAX_HEADERS)
              .setMaxChunkSize(CHUNK));

  /** What is being read; null between answers, where nothing may come. */
  private @Nullable Exchange exchange;

  private boolean begun;
  private boolean interim;
  private int status;
  private String reason = "";
  private Headers headers = Headers.empty();
  private boolean keepAlive;
  private byte[] body = NO_BYTES;
  private int length;
  private long received;

  AnswerReader(Connection connection) {
    this.connection = connection;
  }

  /** Returns the decoder that stands before this in the pipeline. */
  ChannelHandler decoder() {
    return decoder;
  }

  /** Gets ready for the answer to a request that is being sent. */
  void expect(Exchange next) {
    exchange = next;
    begun = false;
    interim = false;
    status = 0;
    body = NO_BYTES;
    length = 0;
    received = 0;
  }

  /** Tells whether at least one byte of the answer has come. */
  boolean hasBegun() {
    return begun;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      Exchange current = exchange;
      if (current == null) {
        connection.close(); // bytes that nobody asked for: what follows could not be told apart
      } else {
        read(current, (HttpObject) message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(Exchange current, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      Throwable cause = message.decoderResult().cause();
      if (cause instanceof PrematureChannelClosureException) {
        return; // channelInactive follows and tells it
      }
      fail(Failure.protocol(String.valueOf(cause.getMessage()), cause));
      return;
    }
    if (message instanceof io.netty.handler.codec.http.HttpResponse head) {
      readHead(current, head);
    }
    if (exchange == current && message instanceof HttpContent content) {
      readContent(current, content);
    }
  }

  private void readHead(Exchange current, io.netty.handler.codec.http.HttpResponse head) {
    status = head.status().code();
    interim = status < 200;
    if (interim) {
      if (status == 101) {
        fail(Failure.protocol("it switches protocols, which was not asked for", null));
      }
      return;
    }
    reason = head.status().reasonPhrase();
    headers = headersOf(head);
    keepAlive = HttpUtil.isKeepAlive(head);
    boolean bodiless = current.method.equals("HEAD") || status == 204 || status == 304;
    long announced = bodiless || current.discardsBody ? 0 : HttpUtil.getContentLength(head, 0L);
    if (announced > limit(current)) {
      fail(Failure.bodyTooLarge(limit(current)));
      return;
    }
    body = announced == 0 ? NO_BYTES : new byte[(int) Math.min(announced, FIRST_BUFFER)];
  }

  private static Headers headersOf(io.netty.handler.codec.http.HttpResponse head) {
    List<String> fields = new ArrayList<>(head.headers().size() * 2);
    Iterator<Map.Entry<CharSequence, CharSequence>> entries = head.headers().iteratorCharSequence();
    while (entries.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = entries.next();
      fields.add(field.getKey().toString());
      fields.add(field.getValue().toString());
    }
    return Headers.received(fields);
  }

  private void readContent(Exchange current, HttpContent content) {
    if (!interim) {
      ByteBuf bytes = content.content();
      int more = bytes.readableBytes();
      received += more;
      if (!current.discardsBody && !keep(current, bytes, more)) {
        return;
      }
    }
    if (content instanceof LastHttpContent) {
      if (interim) {
        interim = false; // the real answer follows
      } else {
        exchange = null;
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        body = NO_BYTES;
        boolean reusable = keepAlive && !decoder.hasMore();
        connection.answered(status, reason, headers, whole, received, reusable);
      }
    }
  }

  /** Adds bytes to the body; returns false if it is too large with them, and fails. */
  private boolean keep(Exchange current, ByteBuf bytes, int more) {
    if (more > limit(current) - length) {
      fail(Failure.bodyTooLarge(limit(current)));
      return false;
    }
    if (more > body.length - length) {
      body = Arrays.copyOf(body, capacity(current, length + more));
    }
    bytes.readBytes(body, length, more);
    length += more;
    return true;
  }

  private int capacity(Exchange current, int needed) {
    long doubled = Math.max(needed, Math.min(body.length * 2L, MAX_ARRAY));
    return (int) Math.max(needed, Math.min(doubled, limit(current)));
  }

  private static long limit(Exchange current) {
    return Math.min(current.maxBodyBytes, MAX_ARRAY);
  }

  private void fail(Failure why) {
    exchange = null;
    connection.fail(why);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    exchange = null;
    connection.lost(this, null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    exchange = null;
    connection.lost(this, cause);
  }

  /** Netty's decoder, told which answers have no body, and telling when bytes came. */
  private final class Decoder extends HttpResponseDecoder {
    Decoder(HttpDecoderConfig config) {
      super(config);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
      begun = true;
      connection.noteActivity();
      super.channelRead(context, bytes);
    }

    /** Tells whether bytes came that belong to no answer so far. */
    boolean hasMore() {
      return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      Exchange current = exchange;
      return (current != null && current.method.equals("HEAD"))
          || super.isContentAlwaysEmpty(message);
    }
  }
}
