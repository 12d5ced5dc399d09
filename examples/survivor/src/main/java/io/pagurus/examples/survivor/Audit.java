package io.pagurus.examples.survivor;

import io.pagurus.examples.survivor.Finding.Kind;
import io.pagurus.examples.survivor.Ledger.Addition;
import io.pagurus.examples.survivor.Ledger.Checkout;
import io.pagurus.examples.survivor.Ledger.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the clients were told with what a restarted service still knows.
 *
 * <p>Besides the single promises it looks for holes: when an effect survived whose request was sent
 * after another one was acknowledged, then that other one must have survived, too. Otherwise the
 * state is not that of any one moment.
 */
final class Audit {
  private final Ledger ledger;
  private final Snapshot found;
  private final Stop stop;
  private final List<Finding> findings = new ArrayList<>();

  private long asyncLost;
  private long oldestLostMicros = Long.MAX_VALUE;
  private long newestLostMicros = Long.MIN_VALUE;
  private long oldestLostAt = Long.MAX_VALUE;
  private long newestSurvivorSentAt = Long.MIN_VALUE;

  private Audit(Ledger ledger, Snapshot found, Stop stop) {
    this.ledger = ledger;
    this.found = found;
    this.stop = stop;
  }

  /** Audits {@code found}, the state after {@code stop}. Changes nothing. */
  static AuditResult run(Ledger ledger, Snapshot found, Stop stop) {
    return new Audit(ledger, found, stop).run();
  }

  private AuditResult run() {
    checkouts();
    Map<String, Long> ordered = orders();
    for (Session session : ledger.sessions()) {
      session(session, ordered.getOrDefault(session.id(), 0L));
    }
    products();
    totals();
    holes();
    return new AuditResult(findings, asyncLost, window());
  }

  /** Every confirmed order is there, as it was confirmed. */
  private void checkouts() {
    ledger.checkouts().values().forEach(this::checkout);
  }

  private void checkout(Checkout checkout) {
    Long id = found.requests().get(checkout.key());
    Order stored = id == null ? null : found.orders().get(id);
    Order confirmed = checkout.order();
    if (stored != null && stored.key().equals(checkout.key())) {
      newestSurvivorSentAt = Math.max(newestSurvivorSentAt, checkout.sentAt());
    }
    if (confirmed == null) {
      check(
          (id == null) == (stored == null),
          Kind.INVARIANT,
          "request %s points at order %s, which is not there",
          checkout.key(),
          id);
      return;
    }
    check(
        confirmed.equals(stored),
        Kind.CONFIRMED_LOST,
        "the confirmed order %s is now %s",
        confirmed,
        stored);
  }

  /** No order is there twice, or without its request. Returns the quantity ordered per session. */
  private Map<String, Long> orders() {
    Map<String, Long> ordered = new HashMap<>();
    Map<String, Long> keys = new HashMap<>();
    Map<String, Checkout> asked = ledger.checkouts();
    for (Order order : found.orders().values()) {
      ordered.merge(order.session(), Order.quantity(order.items()), Long::sum);
      Long other = keys.put(order.key(), order.id());
      check(
          other == null,
          Kind.APPLIED_TWICE,
          "request %s made the orders %s and %s",
          order.key(),
          other,
          order.id());
      check(
          other != null || Long.valueOf(order.id()).equals(found.requests().get(order.key())),
          Kind.INVARIANT,
          "order %s has no request %s beside it",
          order.id(),
          order.key());
      check(
          asked.containsKey(order.key()),
          Kind.INVARIANT,
          "order %s is there, but nobody asked for %s",
          order.id(),
          order.key());
    }
    return ordered;
  }

  private void session(Session session, long ordered) {
    Cart cart = found.carts().getOrDefault(session.id(), Cart.EMPTY);
    check(
        cart.lastSeq() >= session.settledSeq(),
        Kind.CONFIRMED_LOST,
        "cart %s is back at %s, storage had held %s before",
        session.id(),
        cart.lastSeq(),
        session.settledSeq());
    long quantity = session.settledQuantity();
    for (Addition addition : session.open()) {
      if (addition.seq() <= cart.lastSeq()) {
        quantity += addition.quantity();
        newestSurvivorSentAt = Math.max(newestSurvivorSentAt, addition.sentAt());
      } else {
        lost(session, addition);
      }
    }
    check(
        cart.added() <= quantity,
        Kind.APPLIED_TWICE,
        "cart %s received %s items, its clients added %s",
        session.id(),
        cart.added(),
        quantity);
    check(
        cart.added() >= quantity || cart.lastSeq() < session.settledSeq(),
        Kind.INVARIANT,
        "cart %s counts up to addition %s, but holds %s of %s items",
        session.id(),
        cart.lastSeq(),
        cart.added(),
        quantity);
    long inCart = Order.quantity(cart.items());
    check(
        inCart + ordered <= cart.added(),
        Kind.APPLIED_TWICE,
        "session %s: %s items in the cart and %s ordered, but only %s were added",
        session.id(),
        inCart,
        ordered,
        cart.added());
    check(
        inCart + ordered >= cart.added(),
        Kind.INVARIANT,
        "session %s: %s items in the cart and %s ordered, but %s were added",
        session.id(),
        inCart,
        ordered,
        cart.added());
  }

  private void lost(Session session, Addition addition) {
    if (addition.acknowledged() == null) {
      return;
    }
    asyncLost++;
    oldestLostAt = Math.min(oldestLostAt, addition.acknowledged().at());
    oldestLostMicros = Math.min(oldestLostMicros, addition.acknowledged().appliedAtMicros());
    newestLostMicros = Math.max(newestLostMicros, addition.acknowledged().appliedAtMicros());
    check(
        stop.kind() != StopKind.SIGTERM,
        Kind.LOST_AT_CLEAN_STOP,
        "addition %s of cart %s was acknowledged and is gone after a clean stop",
        addition.seq(),
        session.id());
  }

  /** Stock and sold go together with the orders. */
  private void products() {
    Map<String, Long> ordered = new HashMap<>();
    for (Order order : found.orders().values()) {
      order.items().forEach((product, n) -> ordered.merge(product, (long) n, Long::sum));
    }
    for (String product : Catalog.PRODUCTS) {
      long stock = found.stock().getOrDefault(product, 0L);
      long sold = found.sold().getOrDefault(product, 0L);
      check(
          stock + sold == Catalog.INITIAL_STOCK,
          Kind.INVARIANT,
          "product %s: stock %s and sold %s do not make %s",
          product,
          stock,
          sold,
          Catalog.INITIAL_STOCK);
      check(
          sold == ordered.getOrDefault(product, 0L),
          Kind.INVARIANT,
          "product %s: sold %s, the orders hold %s",
          product,
          sold,
          ordered.getOrDefault(product, 0L));
    }
  }

  /** Plain fields and the counter are of the same moment as the maps. */
  private void totals() {
    long sum = found.orders().values().stream().mapToLong(Order::totalCents).sum();
    check(
        found.turnoverCents() == sum,
        Kind.INVARIANT,
        "the field turnoverCents is %s, the orders make %s",
        found.turnoverCents(),
        sum);
    check(
        found.orderCount() == found.orders().size(),
        Kind.INVARIANT,
        "the counter says %s orders, there are %s",
        found.orderCount(),
        found.orders().size());
    check(
        found.requests().size() == found.orders().size(),
        Kind.INVARIANT,
        "%s requests were carried out, but there are %s orders",
        found.requests().size(),
        found.orders().size());
    long newest = found.orders().keySet().stream().mapToLong(Long::longValue).max().orElse(-1);
    check(
        found.nextOrder() == newest + 1,
        Kind.INVARIANT,
        "the field nextOrder is %s, the newest order is %s",
        found.nextOrder(),
        newest);
  }

  private void holes() {
    check(
        asyncLost == 0 || newestSurvivorSentAt <= oldestLostAt,
        Kind.INVARIANT,
        "an effect survived that was asked for %s us after a lost one was acknowledged",
        (newestSurvivorSentAt - oldestLostAt) / 1000);
  }

  private long window() {
    if (asyncLost == 0) {
      return 0;
    }
    // The process lived when the signal was sent, and when it did the newest thing it answered.
    long age = Math.max(stop.signalledAtMicros(), newestLostMicros) - oldestLostMicros;
    check(
        stop.kind() == StopKind.SIGTERM || age <= stop.allowedMicros(),
        Kind.OUTSIDE_WINDOW,
        "the oldest lost change was %s us old, the stated window was %s us, %s us before the stop",
        age,
        stop.statedWindowMicros(),
        stop.silentMicros());
    return age;
  }

  private void check(boolean kept, Kind promise, String text, @Nullable Object... arguments) {
    if (!kept) {
      findings.add(new Finding(promise, text.formatted(arguments)));
    }
  }
}
