package io.pagurus.s3;

import static java.util.Objects.requireNonNullElse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A server that does what a script says. Requests without an entry in the script get what S3 would
 * answer, as far as a store needs it; credentials are not looked at. Not for races. Thread-safe.
 */
final class ScriptedS3 implements AutoCloseable {
  /** What happens to one request. */
  interface Act {
    /** Answers {@code request} in its own way. */
    void on(Request request) throws IOException;
  }

  /** One request. */
  record Request(ScriptedS3 server, HttpExchange http, String key, byte[] body) {
    String method() {
      return http.getRequestMethod();
    }

    /** LIST, or the method. */
    String kind() {
      return method().equals("GET") && key.isEmpty() ? "LIST" : method();
    }

    void answerAsS3() throws IOException {
      server.answer(this);
    }

    void answer(int status, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      http.getResponseHeaders().add("Content-Type", "application/xml");
      http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      http.getResponseBody().write(bytes);
    }
  }

  private record Step(Predicate<Request> which, Act act) {}

  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final Queue<Step> script = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean conditionIgnored;

  ScriptedS3() {
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    http.createContext("/", this::handle);
    http.setExecutor(threads);
    http.start();
  }

  // ---- the script -----------------------------------------------------------------------------

  /** The next request of {@code kind} (PUT, GET, LIST, DELETE) is answered by {@code act}. */
  void next(String kind, Act act) {
    script.add(new Step(request -> request.kind().equals(kind), act));
  }

  /** As above, for {@code times} requests. */
  void next(String kind, int times, Act act) {
    for (int i = 0; i < times; i++) {
      next(kind, act);
    }
  }

  /** Requests are answered as S3 does from now on. */
  void endScript() {
    script.clear();
  }

  /** An error as S3 tells it. */
  static Act error(int status, String code) {
    return request ->
        request.answer(
            status,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                + code
                + "</Code><Message>because of the script</Message><RequestId>r1</RequestId></Error>");
  }

  /** An answer of something that is no S3 server. */
  static Act status(int status) {
    return request -> request.answer(status, "");
  }

  /** It is done, and the answer gets lost. */
  static Act loseReply() {
    return request -> {
      if (request.kind().equals("PUT")) {
        request.server.put(request);
      }
      request.http.close();
    };
  }

  /** The connection breaks before anything is done. */
  static Act breakOff() {
    return request -> request.http.close();
  }

  /** There is no answer. */
  static Act hang() {
    return request -> {
      try {
        request.server.closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Overwrites from now on, whatever the request says. */
  void ignoreConditions() {
    conditionIgnored = true;
  }

  // ---- what was asked -------------------------------------------------------------------------

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  String url() {
    return "s3://bucket/place?region=us-east-1&endpoint=" + endpoint();
  }

  /** The keys of all objects. */
  List<String> keys() {
    return List.copyOf(objects.keySet());
  }

  byte @Nullable [] object(String key) {
    return objects.get(key);
  }

  /** Kind and key of each request since the last call. */
  List<String> takeRequests() {
    synchronized (requests) {
      List<String> taken = List.copyOf(requests);
      requests.clear();
      return taken;
    }
  }

  // ---- answering ------------------------------------------------------------------------------

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath(); // path style: /bucket/key
      int slash = path.indexOf('/', 1);
      String key = slash < 0 ? "" : path.substring(slash + 1);
      byte[] body = exchange.getRequestBody().readAllBytes();
      Request request = new Request(this, exchange, key, body);
      synchronized (requests) {
        requests.add((request.kind() + " " + key).trim());
      }
      Act act = take(request);
      if (act == null) {
        request.answerAsS3();
      } else {
        act.on(request);
      }
    }
  }

  private @Nullable Act take(Request request) {
    for (Step step : script) {
      if (step.which.test(request) && script.remove(step)) {
        return step.act;
      }
    }
    return null;
  }

  /** Whether it was created. */
  private boolean put(Request request) {
    if (conditionIgnored || request.http.getRequestHeaders().getFirst("If-None-Match") == null) {
      objects.put(request.key, request.body);
      return true;
    }
    return objects.putIfAbsent(request.key, request.body) == null;
  }

  private void answer(Request request) throws IOException {
    switch (request.kind()) {
      case "PUT" -> {
        if (put(request)) {
          request.http.getResponseHeaders().add("ETag", "\"etag\"");
          request.answer(200, "");
        } else {
          error(412, "PreconditionFailed").on(request);
        }
      }
      case "DELETE" -> {
        objects.remove(request.key);
        request.answer(204, "");
      }
      case "LIST" -> request.answer(200, list(query(request.http.getRequestURI())));
      default -> get(request);
    }
  }

  private void get(Request request) throws IOException {
    byte[] bytes = objects.get(request.key);
    if (bytes == null) {
      error(404, "NoSuchKey").on(request);
      return;
    }
    String range = request.http.getRequestHeaders().getFirst("Range").substring("bytes=".length());
    int from = (int) Long.parseLong(range.substring(0, range.indexOf('-')));
    long to = Math.min(Long.parseLong(range.substring(range.indexOf('-') + 1)), bytes.length - 1L);
    if (from >= bytes.length) {
      error(416, "InvalidRange").on(request);
      return;
    }
    byte[] part = Arrays.copyOfRange(bytes, from, (int) to + 1);
    request.http.getResponseHeaders().add("ETag", "\"etag\"");
    request
        .http
        .getResponseHeaders()
        .add("Content-Range", "bytes " + from + "-" + to + "/" + bytes.length);
    request.http.sendResponseHeaders(206, part.length);
    request.http.getResponseBody().write(part);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : requireNonNullElse(uri.getRawQuery(), "").split("&", -1)) {
      int equal = pair.indexOf('=');
      query.put(
          equal < 0 ? pair : pair.substring(0, equal),
          equal < 0 ? "" : URLDecoder.decode(pair.substring(equal + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private String list(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    String after = query.getOrDefault("start-after", "");
    int max = Integer.parseInt(query.getOrDefault("max-keys", "1000"));
    StringBuilder xml = new StringBuilder("<ListBucketResult>");
    int count = 0;
    boolean more = false;
    for (Map.Entry<String, byte[]> entry : objects.tailMap(prefix).entrySet()) {
      if (entry.getKey().startsWith(prefix) && entry.getKey().compareTo(after) > 0) {
        if (count == max) {
          more = true;
          break;
        }
        xml.append("<Contents><Key>").append(entry.getKey()).append("</Key><Size>");
        xml.append(entry.getValue().length).append("</Size></Contents>");
        count++;
      }
    }
    return xml.append("<IsTruncated>")
        .append(more)
        .append("</IsTruncated></ListBucketResult>")
        .toString();
  }

  @Override
  public void close() {
    closing.countDown();
    http.stop(0);
    threads.shutdown();
  }
}
