package io.pagurus.examples.survivor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.examples.survivor.Finding.Kind;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The audit must be able to fail: each test breaks one promise in a small, made-up history. */
final class AuditTest {
  private static final long WINDOW_MICROS = 50_000;
  private static final long KILLED_AT_MICROS = 10_000_000;

  private final Ledger ledger = new Ledger();
  private final Map<String, Long> stock = new TreeMap<>();
  private final Map<String, Long> sold = new TreeMap<>();
  private final Map<String, Cart> carts = new TreeMap<>();
  private final Map<Long, Order> orders = new TreeMap<>();
  private final Map<String, Long> requests = new TreeMap<>();
  private long orderCount;
  private long nextOrder;
  private long turnover;
  private long now;

  /** Session s added 2 and 1 items and ordered them; then it added 3 more, not durable yet. */
  AuditTest() {
    for (String product : Catalog.PRODUCTS) {
      stock.put(product, Catalog.INITIAL_STOCK);
      sold.put(product, 0L);
    }
    Map<String, Integer> items = Map.of("p01", 2, "p02", 1);
    Order order = new Order(0, "k1", "s", Order.total(items), items);
    acknowledged(1, 2, KILLED_AT_MICROS - 500_000);
    acknowledged(2, 1, KILLED_AT_MICROS - 400_000);
    ledger.checkoutSent("s", "k1", ++now);
    ledger.checkoutConfirmed("k1", order);
    acknowledged(3, 3, KILLED_AT_MICROS - 20_000);

    apply(order);
    requests.put("k1", 0L);
    carts.put("s", new Cart(3, 6, Map.of("p05", 3)));
  }

  @Test
  void audit_nothingLost_findsNothing() {
    AuditResult result = audit(StopKind.SIGKILL);

    assertThat(result.findings()).isEmpty();
    assertThat(result.asyncLost()).isZero();
  }

  @Test
  void audit_asyncLossInsideTheWindow_isCountedButAllowed() {
    carts.put("s", new Cart(2, 3, Map.of()));

    AuditResult result = audit(StopKind.SIGKILL);

    assertThat(result.findings()).isEmpty();
    assertThat(result.asyncLost()).isEqualTo(1);
    assertThat(result.lossMicros()).isEqualTo(20_000);
  }

  @Test
  void audit_asyncLossOutsideTheWindow_isFound() {
    carts.put("s", new Cart(2, 3, Map.of()));
    AuditResult result =
        Audit.run(ledger, state(), new Stop(StopKind.SIGKILL, KILLED_AT_MICROS, 19_000, 999));

    assertThat(result.findings()).extracting(Finding::kind).containsExactly(Kind.OUTSIDE_WINDOW);
  }

  @Test
  void audit_asyncLossAfterCleanStop_isFound() {
    carts.put("s", new Cart(2, 3, Map.of()));

    assertFound(StopKind.SIGTERM, Kind.LOST_AT_CLEAN_STOP);
  }

  @Test
  void audit_confirmedOrderGone_isFound() {
    orders.clear();
    requests.clear();
    restock();
    orderCount = nextOrder = turnover = 0;
    carts.put("s", new Cart(3, 6, Map.of("p01", 2, "p02", 1, "p05", 3)));

    assertFound(StopKind.SIGKILL, Kind.CONFIRMED_LOST);
  }

  @Test
  void audit_confirmedOrderChanged_isFound() {
    ledger.checkoutConfirmed("k1", new Order(0, "k1", "s", 1, Map.of("p01", 2, "p02", 1)));

    assertFound(StopKind.SIGKILL, Kind.CONFIRMED_LOST);
  }

  @Test
  void audit_storageOlderThanAtTheLastAudit_isFound() {
    ledger.settle(state());
    carts.put("s", new Cart(2, 3, Map.of()));

    assertFound(StopKind.SIGKILL, Kind.CONFIRMED_LOST);
  }

  @Test
  void audit_requestMadeTwoOrders_isFound() {
    apply(new Order(1, "k1", "s", Order.total(Map.of("p05", 3)), Map.of("p05", 3)));
    requests.put("k1-other", 1L);
    carts.put("s", new Cart(3, 6, Map.of()));

    assertFound(StopKind.SIGKILL, Kind.APPLIED_TWICE);
  }

  @Test
  void audit_additionAppliedTwice_isFound() {
    carts.put("s", new Cart(3, 9, Map.of("p05", 6)));

    assertFound(StopKind.SIGKILL, Kind.APPLIED_TWICE);
  }

  @Test
  void audit_itemsOrderedAndStillInTheCart_isFound() {
    carts.put("s", new Cart(3, 6, Map.of("p01", 2, "p02", 1, "p05", 3)));

    assertFound(StopKind.SIGKILL, Kind.APPLIED_TWICE);
  }

  @Test
  void audit_stockWithoutSold_isFound() {
    stock.merge("p07", -1L, Long::sum);

    assertFound(StopKind.SIGKILL, Kind.INVARIANT);
  }

  @Test
  void audit_plainFieldOfAnotherMoment_isFound() {
    turnover--;

    assertFound(StopKind.SIGKILL, Kind.INVARIANT);
  }

  @Test
  void audit_counterOfAnotherMoment_isFound() {
    orderCount++;

    assertFound(StopKind.SIGKILL, Kind.INVARIANT);
  }

  @Test
  void audit_orderWithoutItsIdempotencyKey_isFound() {
    requests.clear();

    assertThat(audit(StopKind.SIGKILL).findings())
        .extracting(Finding::kind)
        .contains(Kind.CONFIRMED_LOST, Kind.INVARIANT);
  }

  @Test
  void audit_orderNobodyAskedFor_isFound() {
    ledger.checkoutEmpty("k1");

    assertFound(StopKind.SIGKILL, Kind.INVARIANT);
  }

  @Test
  void audit_laterEffectSurvivedAnEarlierOne_isFound() {
    ledger.additionSent("t", 1, 1, ++now);
    carts.put("t", new Cart(1, 1, Map.of("p03", 1)));
    carts.put("s", new Cart(2, 3, Map.of()));

    assertFound(StopKind.SIGKILL, Kind.INVARIANT);
  }

  @Test
  void audit_unansweredRequests_mayBeDoneOrNot() {
    ledger.additionSent("s", 4, 2, ++now);
    ledger.checkoutSent("s", "k2", ++now);
    assertThat(audit(StopKind.SIGTERM).findings()).isEmpty();

    carts.put("s", new Cart(4, 8, Map.of("p05", 5)));
    assertThat(audit(StopKind.SIGTERM).findings()).isEmpty();
  }

  @Test
  void settle_lostAddition_isNotExpectedAgain() {
    carts.put("s", new Cart(2, 3, Map.of()));
    ledger.settle(state());

    assertThat(audit(StopKind.SIGTERM).findings()).isEmpty();
    assertThat(audit(StopKind.SIGTERM).asyncLost()).isZero();
  }

  private void acknowledged(long seq, int quantity, long appliedAtMicros) {
    ledger.additionSent("s", seq, quantity, ++now);
    ledger.additionAcknowledged("s", seq, ++now, appliedAtMicros);
  }

  private void apply(Order order) {
    orders.put(order.id(), order);
    order
        .items()
        .forEach(
            (product, n) -> {
              stock.merge(product, (long) -n, Long::sum);
              sold.merge(product, (long) n, Long::sum);
            });
    orderCount++;
    nextOrder++;
    turnover += order.totalCents();
  }

  private void restock() {
    stock.replaceAll((product, n) -> Catalog.INITIAL_STOCK);
    sold.replaceAll((product, n) -> 0L);
  }

  private void assertFound(StopKind stop, Kind kind) {
    assertThat(audit(stop).findings()).extracting(Finding::kind).contains(kind).containsOnly(kind);
  }

  private AuditResult audit(StopKind kind) {
    return Audit.run(ledger, state(), new Stop(kind, KILLED_AT_MICROS, WINDOW_MICROS, 0));
  }

  private Snapshot state() {
    return new Snapshot(stock, sold, carts, orders, requests, orderCount, nextOrder, turnover);
  }
}
