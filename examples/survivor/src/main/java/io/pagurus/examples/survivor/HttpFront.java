package io.pagurus.examples.survivor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pagurus.StateException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order service on HTTP, on a free port of the loopback address.
 *
 * <pre>
 * POST /cart?session=&amp;seq=&amp;product=&amp;quantity=   200 at once; not durable yet
 * POST /checkout?session=&amp;key=                  200 order, or 204 for an empty cart; durable
 * GET  /stock?product=                          200
 * GET  /status                                  200 how the last stop ended
 * GET  /audit                                   200 a {@link Snapshot}
 * </pre>
 *
 * <p>503 says that the store took nothing, or cannot tell: ask again. Each reply states the loss
 * window of this moment.
 */
final class HttpFront {
  static final String LOSS_WINDOW = "Loss-Window-Micros";
  static final String APPLIED_AT = "Applied-At-Micros";

  private static final Logger log = LoggerFactory.getLogger(HttpFront.class);

  private final OrderService service;
  private final boolean holdReplies;
  private final Executor pool;
  private final HttpServer server;

  private HttpFront(OrderService service, boolean holdReplies, Executor pool) throws IOException {
    this.service = service;
    this.holdReplies = holdReplies;
    this.pool = pool;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
  }

  /** Starts to serve; the threads of {@code pool} do the work. */
  static HttpFront start(OrderService service, boolean holdReplies, Executor pool)
      throws IOException {
    HttpFront front = new HttpFront(service, holdReplies, pool);
    front.route("/cart", front::cart);
    front.route("/checkout", front::checkout);
    front.route(
        "/stock",
        (http, query) -> front.reply(http, 200, "" + front.service.stock(query.get("product"))));
    front.route("/status", (http, query) -> front.status(http));
    front.route(
        "/audit", (http, query) -> front.reply(http, 200, front.service.snapshot().toText()));
    front.server.setExecutor(pool);
    front.server.start();
    return front;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void cart(HttpExchange http, Query query) throws IOException {
    service.addToCart(
        query.get("session"),
        Long.parseLong(query.get("seq")),
        query.get("product"),
        Integer.parseInt(query.get("quantity")));
    http.getResponseHeaders().set(APPLIED_AT, Long.toString(micros(Instant.now())));
    reply(http, 200, "");
  }

  /** The output gate: the thread goes back to the pool, the reply leaves when it is true. */
  private void checkout(HttpExchange http, Query query) throws IOException {
    Order order = service.checkout(query.get("session"), query.get("key"));
    if (!holdReplies) {
      replyOrder(http, order);
      return;
    }
    service.durable().whenCompleteAsync((durable, failure) -> answer(http, order, failure), pool);
  }

  private void answer(HttpExchange http, @Nullable Order order, @Nullable Throwable failure) {
    try {
      if (failure == null) {
        replyOrder(http, order);
      } else {
        log.info("a checkout stays unanswered: {}", failure.toString());
        reply(http, 503, "not confirmed");
      }
    } catch (IOException gone) {
      http.close();
    }
  }

  private void replyOrder(HttpExchange http, @Nullable Order order) throws IOException {
    reply(http, order == null ? 204 : 200, order == null ? "" : Snapshot.text(order));
  }

  private void status(HttpExchange http) throws IOException {
    OrderService.Found found = service.found();
    reply(http, 200, "created=%s clean=%s".formatted(found.created(), found.cleanStop()));
  }

  private void reply(HttpExchange http, int code, String body) throws IOException {
    Duration window = service.lossWindow();
    http.getResponseHeaders().set(LOSS_WINDOW, Long.toString(window.toNanos() / 1000));
    byte[] bytes = body.getBytes(UTF_8);
    http.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      try (OutputStream out = http.getResponseBody()) {
        out.write(bytes);
      }
    }
    http.close();
  }

  private void route(String path, Route route) {
    server.createContext(path, http -> serve(http, route));
  }

  private void serve(HttpExchange http, Route route) throws IOException {
    try {
      http.getRequestBody().readAllBytes();
      route.serve(http, Query.of(http.getRequestURI().getQuery()));
    } catch (StateException refused) {
      log.info("{} refused: {}", http.getRequestURI(), refused.toString());
      reply(http, 503, "refused: " + refused.getMessage());
    } catch (RuntimeException | Error failed) {
      log.error("{} failed", http.getRequestURI(), failed);
      reply(http, 500, failed.toString());
    }
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /** Threads of a pool, named so that a stack dump of the service can be read. */
  static Thread worker(Runnable work, AtomicInteger count) {
    Thread thread = new Thread(work, "http-" + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private interface Route {
    void serve(HttpExchange http, Query query) throws IOException;
  }

  private record Query(Map<String, String> parameters) {
    static Query of(@Nullable String text) {
      Map<String, String> parameters = new TreeMap<>();
      for (String pair : text == null ? new String[0] : text.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
      return new Query(parameters);
    }

    String get(String name) {
      String value = parameters.get(name);
      if (value == null) {
        throw new IllegalArgumentException("the request has no parameter " + name);
      }
      return value;
    }
  }
}
