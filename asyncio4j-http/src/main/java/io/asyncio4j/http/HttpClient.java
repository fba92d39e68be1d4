package io.asyncio4j.http;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client whose requests suspend the calling task, while the loop's own thread does the
 * I/O.
 *
 * <p>It keeps connections and uses them again. Requests for which there is no connection wait in a
 * queue and get theirs in the order in which they came; that many wait is never an error.
 *
 * <p>A client belongs to the loop on which it was made. Its methods are for tasks of that loop;
 * {@link #statistics} and {@link #close} for its callbacks too.
 *
 * <p><b>Cancellation.</b> Cancelling a task that waits for an answer takes its request out of the
 * queue, or closes its connection, in the loop's next turn. A request that was sent may have been
 * carried out.
 *
 * <p><b>Safety.</b> Certificates and host names are verified; redirects are not followed unless
 * asked for; bodies are limited. Names are looked up on other threads; TLS and decompression
 * compute on the loop's thread, a handshake for about a millisecond.
 *
 * <p>Counterpart of {@code httpx.AsyncClient}, but without HTTP/2, cookies and streams; {@code
 * aiohttp.ClientSession} in how it waits.
 */
public final class HttpClient implements AutoCloseable {
  private static final byte[] NO_BYTES = {};

  private final EventLoop loop;
  private final Settings settings;
  private final NettyBackend backend;
  private final ConnectionPool pool;

  HttpClient(EventLoop loop, Settings settings) {
    this.loop = loop;
    this.settings = settings;
    this.backend = NettyBackend.of(loop);
    this.pool = new ConnectionPool(loop, backend, settings);
  }

  /**
   * Makes a client with the default settings, for the loop that runs the calling task or callback.
   *
   * @return the client; close it
   * @throws IllegalStateException if called outside a running loop
   */
  public static HttpClient create() {
    return builder().build();
  }

  /**
   * Begins a client with settings of its own.
   *
   * @return a builder, which may be used by any one thread; its {@code build} belongs to a loop
   */
  public static HttpClientBuilder builder() {
    return new HttpClientBuilder();
  }

  /**
   * Sends a GET request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse get(String url) throws HttpException {
    return send(HttpRequest.get(url).build());
  }

  /**
   * Sends a HEAD request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @return the answer, without a body
   * @throws HttpException if there is no answer
   */
  public HttpResponse head(String url) throws HttpException {
    return send(HttpRequest.builder("HEAD", url).build());
  }

  /**
   * Sends an OPTIONS request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse options(String url) throws HttpException {
    return send(HttpRequest.builder("OPTIONS", url).build());
  }

  /**
   * Sends a DELETE request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse delete(String url) throws HttpException {
    return send(HttpRequest.builder("DELETE", url).build());
  }

  /**
   * Sends a POST request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @param body the body
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse post(String url, HttpBody body) throws HttpException {
    return send(HttpRequest.post(url).body(body).build());
  }

  /**
   * Sends a PUT request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @param body the body
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse put(String url, HttpBody body) throws HttpException {
    return send(HttpRequest.builder("PUT", url).body(body).build());
  }

  /**
   * Sends a PATCH request, as {@link #send} does.
   *
   * @param url an absolute URL
   * @param body the body
   * @return the answer, whatever its status
   * @throws HttpException if there is no answer
   */
  public HttpResponse patch(String url, HttpBody body) throws HttpException {
    return send(HttpRequest.builder("PATCH", url).body(body).build());
  }

  /**
   * Sends a request and suspends the calling task until the answer is there, whole.
   *
   * <p>An answer is returned whatever its status; {@link HttpResponse#raiseForStatus} makes an
   * exception of it.
   *
   * <p>Counterpart of {@code AsyncClient.send}.
   *
   * @param request the request
   * @return the answer, after redirects if they are followed
   * @throws ConnectionRefusedException if nothing listens at the server's port
   * @throws ConnectFailedException if no connection could be made for another reason
   * @throws HostNotFoundException if the host's name has no address
   * @throws TlsException if the TLS handshake failed
   * @throws ProxyException if the proxy made no tunnel
   * @throws ConnectTimeoutException if the connection was not made in time
   * @throws ReadTimeoutException if the server was silent for too long
   * @throws TotalTimeoutException if all of it took too long, where a total timeout is set
   * @throws PoolTimeoutException if it waited too long for a connection, where a pool timeout is
   *     set
   * @throws ConnectionResetException if the connection ended before the answer was whole
   * @throws ProtocolException if the answer breaks the rules of HTTP
   * @throws TooManyRedirectsException if redirects are followed and there are too many, or one
   *     points to what cannot be requested
   * @throws BodyTooLargeException if the body is larger than allowed
   * @throws ClientClosedException if this client is or was closed
   * @throws HttpException all of the above
   * @throws CancellationException if the calling task was cancelled
   * @throws IllegalStateException if the caller is no task, or a task of another loop
   */
  public HttpResponse send(HttpRequest request) throws HttpException {
    checkCaller();
    Duration total =
        request.totalTimeout() == null ? settings.totalTimeout() : request.totalTimeout();
    Deadline deadline = total == null ? null : new Deadline(total, loop.time() + total.toNanos());
    boolean follow =
        request.followRedirects() == null ? settings.followRedirects() : request.followRedirects();
    List<HttpResponse> history = new ArrayList<>();
    Hop hop = Hop.of(request, settings);
    while (true) {
      HttpResponse response = sendOnce(request, hop, deadline, history);
      String location = response.headers().get("Location");
      if (!follow || location == null || !Hop.isRedirect(response.status())) {
        return response;
      }
      history.add(response);
      if (history.size() > settings.maxRedirects()) {
        throw new TooManyRedirectsException(
            request
                + " was redirected more than "
                + settings.maxRedirects()
                + " times, last from "
                + response.url()
                + " to "
                + location
                + "; raise maxRedirects if that is meant",
            null);
      }
      hop = redirected(request, hop, response, location);
    }
  }

  private static Hop redirected(
      HttpRequest request, Hop hop, HttpResponse response, String location)
      throws TooManyRedirectsException {
    try {
      return hop.redirected(response.status(), location);
    } catch (IllegalArgumentException e) {
      throw new TooManyRedirectsException(
          request + " was redirected by " + response.url() + ": " + e.getMessage(), e);
    }
  }

  private record Deadline(Duration limit, long at) {}

  private HttpResponse sendOnce(
      HttpRequest request, Hop hop, @Nullable Deadline deadline, List<HttpResponse> history)
      throws HttpException {
    long maxBody =
        request.maxBodyBytes() == null ? settings.maxBodyBytes() : request.maxBodyBytes();
    Future<Outcome> future = loop.createFuture();
    Exchange exchange =
        new Exchange(
            future,
            hop.url().origin(),
            hop.method(),
            hop.head(settings.proxy()),
            hop.body() == null ? NO_BYTES : hop.body().shared(),
            maxBody,
            request.readTimeout() == null ? settings.readTimeout() : request.readTimeout(),
            request.discardsBody());
    Outcome outcome = perform(exchange, future, deadline);
    String shown = hop.method() + " " + hop.shownUrl();
    return switch (outcome) {
      case Failure failure -> throw failure.toException(shown).sent(exchange.timesSent);
      case Answer answer -> {
        BodyDecoder.Decoded decoded = BodyDecoder.decode(answer, maxBody);
        if (decoded.failure() != null) {
          throw decoded.failure().toException(shown).sent(exchange.timesSent);
        }
        yield new HttpResponse(
            request, hop.shownUrl(), answer, exchange.timesSent, decoded.body(), history);
      }
    };
  }

  private Outcome perform(Exchange exchange, Future<Outcome> future, @Nullable Deadline deadline) {
    // Netty knows the loop by its platform thread, and a task is a virtual one: callbacks cross
    // over.
    loop.callSoon(() -> pool.submit(exchange));
    TimerHandle timer =
        deadline == null
            ? null
            : loop.callAt(
                deadline.at(), () -> pool.abort(exchange, Failure.totalTimeout(deadline.limit())));
    boolean ended = false;
    try {
      Outcome outcome = future.await();
      ended = true;
      return outcome;
    } finally {
      if (timer != null) {
        timer.cancel();
      }
      if (!ended) {
        loop.callSoon(() -> pool.abort(exchange, null));
      }
    }
  }

  private void checkCaller() {
    EventLoop caller = EventLoop.current();
    if (caller != loop) {
      throw new IllegalStateException(
          "this client was made on loop "
              + loop.name()
              + " but was used on loop "
              + caller.name()
              + "; make a client for each loop");
    }
    if (Asyncio.currentTask() == null) {
      throw new IllegalStateException(
          "a request suspends its task, but was made in a callback of loop "
              + loop.name()
              + "; start a task for it with createTask");
    }
  }

  /**
   * Returns what this client holds at the moment. Does not suspend.
   *
   * @return the numbers
   */
  public HttpStatistics statistics() {
    return pool.statistics();
  }

  /**
   * Ends the requests that are under way with {@link ClientClosedException} and closes all
   * connections. In a task it suspends until that is done; the loop's close does the same. Closing
   * twice has no effect.
   *
   * @throws WrongThreadException if called on a thread other than the loop's while the loop runs
   */
  @Override
  public void close() {
    if (loop.isClosed()) {
      return;
    }
    if (!loop.isRunning()) {
      backend.netty().adopt();
      pool.close();
      return;
    }
    if (Asyncio.currentTask() == null) {
      loop.callSoon(pool::close);
      return;
    }
    Future<Boolean> done = loop.createFuture();
    loop.callSoon(
        () -> {
          pool.close();
          if (!done.isDone()) {
            done.setResult(true);
          }
        });
    done.await();
  }
}
