package io.pagurus.examples.survivor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One customer after the other: fills carts and orders them, one request at a time, and asks again
 * with the same sequence number or idempotency key whatever was not answered.
 */
final class Client implements Runnable {
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

  private static final int SESSIONS = 8;
  private static final long PAUSE_AFTER_REFUSAL = TimeUnit.MILLISECONDS.toNanos(10);

  /** What is being asked for; it stays the same until it is answered. */
  private sealed interface Wish {}

  private record Addition(String session, long seq, String product, int quantity) implements Wish {}

  private record Checkout(String session, String key) implements Wish {}

  private final String name;
  private final Traffic traffic;
  private final Ledger ledger;
  private final HttpClient http;
  private final Random random;
  private final Consumer<Finding> findings;
  private final long[] seqs = new long[SESSIONS];
  private final int[] inCart = new int[SESSIONS];
  private int checkouts;

  Client(
      String name,
      Traffic traffic,
      Ledger ledger,
      HttpClient http,
      long seed,
      Consumer<Finding> findings) {
    this.name = name;
    this.traffic = traffic;
    this.ledger = ledger;
    this.http = http;
    this.random = new Random(seed);
    this.findings = findings;
  }

  @Override
  public void run() {
    try {
      Wish unanswered = null;
      for (Life life = traffic.awaitLife(); life != null; life = traffic.awaitLife()) {
        Wish wish = unanswered == null ? next(life) : unanswered;
        unanswered = ask(life, wish) ? null : wish;
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException broken) {
      findings.accept(new Finding(Finding.Kind.PROCESS, name + " ended: " + broken));
    }
  }

  private Wish next(Life life) {
    int slot = random.nextInt(SESSIONS);
    String session = name + "-s" + slot;
    if (inCart[slot] > 0 && random.nextInt(4) == 0 && !life.cartsOnly) {
      inCart[slot] = 0;
      return new Checkout(session, session + "-k" + ++checkouts);
    }
    inCart[slot]++;
    String product = Catalog.PRODUCTS.get(random.nextInt(Catalog.PRODUCTS.size()));
    return new Addition(session, ++seqs[slot], product, 1 + random.nextInt(3));
  }

  /** Says whether the wish was answered. */
  private boolean ask(Life life, Wish wish) throws InterruptedException {
    life.requests.incrementAndGet();
    HttpResponse<String> reply;
    try {
      reply = send(life, wish);
    } catch (IOException gone) {
      life.unanswered.incrementAndGet();
      traffic.awaitOther(life);
      return false;
    }
    reply
        .headers()
        .firstValueAsLong(HttpFront.LOSS_WINDOW)
        .ifPresent(window -> life.windowStated(window, HttpFront.micros(Instant.now())));
    if (reply.statusCode() == 200 || reply.statusCode() == 204) {
      answered(life, wish, reply);
      return true;
    }
    life.unanswered.incrementAndGet();
    if (reply.statusCode() != 503) {
      findings.accept(
          new Finding(Finding.Kind.PROCESS, "%s got %s: %s".formatted(wish, reply, reply.body())));
    }
    LockSupport.parkNanos(PAUSE_AFTER_REFUSAL);
    return false;
  }

  private HttpResponse<String> send(Life life, Wish wish) throws IOException, InterruptedException {
    String path;
    if (wish instanceof Addition a) {
      ledger.additionSent(a.session(), a.seq(), a.quantity(), System.nanoTime());
      path =
          "/cart?session=%s&seq=%d&product=%s&quantity=%d"
              .formatted(a.session(), a.seq(), a.product(), a.quantity());
    } else {
      Checkout c = (Checkout) wish;
      ledger.checkoutSent(c.session(), c.key(), System.nanoTime());
      path = "/checkout?session=%s&key=%s".formatted(c.session(), c.key());
    }
    HttpRequest request =
        HttpRequest.newBuilder(life.address.resolve(path))
            .timeout(ANSWER_TIMEOUT)
            .POST(BodyPublishers.noBody())
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private void answered(Life life, Wish wish, HttpResponse<String> reply) {
    long now = System.nanoTime();
    if (wish instanceof Addition a) {
      long appliedAt =
          reply
              .headers()
              .firstValueAsLong(HttpFront.APPLIED_AT)
              .orElseGet(() -> HttpFront.micros(Instant.now()));
      ledger.additionAcknowledged(a.session(), a.seq(), now, appliedAt);
      life.additionsAcknowledged.incrementAndGet();
      return;
    }
    Checkout c = (Checkout) wish;
    @Nullable Order order = order(reply);
    if (order == null) {
      ledger.checkoutEmpty(c.key());
    } else {
      ledger.checkoutConfirmed(c.key(), order);
      life.checkoutsConfirmed.incrementAndGet();
    }
  }

  private static @Nullable Order order(HttpResponse<String> reply) {
    return reply.statusCode() == 204 ? null : Snapshot.order(List.of(reply.body().split("\t", -1)));
  }
}
