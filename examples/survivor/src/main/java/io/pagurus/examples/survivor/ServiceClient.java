package io.pagurus.examples.survivor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The questions of the driver itself. */
final class ServiceClient {
  private final HttpClient http;
  private final Life life;

  ServiceClient(HttpClient http, Life life) {
    this.http = http;
    this.life = life;
  }

  /** Reads one entry. */
  void firstRead() throws IOException, InterruptedException {
    get("/stock?product=" + Catalog.PRODUCTS.get(0));
  }

  /** Whether the service found that the stop before was clean. */
  boolean cleanStop() throws IOException, InterruptedException {
    return get("/status").contains("clean=true");
  }

  /** Whether the service found no state at all. */
  boolean created() throws IOException, InterruptedException {
    return get("/status").contains("created=true");
  }

  Snapshot snapshot() throws IOException, InterruptedException {
    return Snapshot.parse(get("/audit"));
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(life.address.resolve(path)).timeout(Duration.ofSeconds(60)).build();
    HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
    if (reply.statusCode() != 200) {
      throw new IOException(path + " was answered " + reply.statusCode() + ": " + reply.body());
    }
    return reply.body();
  }
}
