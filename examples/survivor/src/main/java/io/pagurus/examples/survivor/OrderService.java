package io.pagurus.examples.survivor;

import io.pagurus.Page;
import io.pagurus.Scan;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StoreStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The shop as a service would write it: no files, no SQL, no shutdown hook. Thread-safe. */
final class OrderService {
  private final StateStore store;
  private final Shop shop;

  OrderService(StateStore store) {
    this.store = store;
    this.shop = store.bind(new Shop());
    store.update(this::fillStock);
  }

  private void fillStock() {
    for (String product : Catalog.PRODUCTS) {
      shop.stock.putIfAbsent(product, Catalog.INITIAL_STOCK);
      shop.sold.putIfAbsent(product, 0L);
    }
  }

  /** Adds to a cart and returns at once: a kill may cost it, a clean stop may not. */
  void addToCart(String session, long seq, String product, int quantity) {
    shop.carts.compute(
        session, (id, cart) -> (cart == null ? Cart.EMPTY : cart).add(seq, product, quantity));
  }

  /**
   * Orders what is in the cart: all of it or nothing. Returns the order, the same one when {@code
   * key} was carried out before, or null when the cart is empty. Hold the reply until {@link
   * #durable()}.
   */
  @Nullable Order checkout(String session, String key) {
    return store.<@Nullable Order>update(() -> checkoutInBlock(session, key));
  }

  private @Nullable Order checkoutInBlock(String session, String key) {
    Long known = shop.requests.get(key);
    if (known != null) {
      return shop.orders.get(known);
    }
    Cart cart = shop.carts.getOrDefault(session, Cart.EMPTY);
    if (cart.items().isEmpty()) {
      return null;
    }
    Order order = new Order(shop.nextOrder, key, session, Order.total(cart.items()), cart.items());
    cart.items().forEach(this::sell);
    shop.orders.put(order.id(), order);
    shop.requests.put(key, order.id());
    shop.carts.put(session, cart.ordered());
    shop.orderCount.increment();
    shop.nextOrder++;
    shop.turnoverCents += order.totalCents();
    return order;
  }

  private void sell(String product, int quantity) {
    shop.stock.merge(product, (long) -quantity, Long::sum);
    shop.sold.merge(product, (long) quantity, Long::sum);
  }

  /** Completes when everything done so far survives a kill. */
  CompletionStage<Void> durable() {
    return store.whenDurable();
  }

  long stock(String product) {
    return shop.stock.getOrDefault(product, 0L);
  }

  StoreStatus status() {
    return store.status();
  }

  /** Everything, for the audit. Only consistent while nobody writes. */
  Snapshot snapshot() {
    return new Snapshot(
        all(shop.stock),
        all(shop.sold),
        all(shop.carts),
        all(shop.orders),
        all(shop.requests),
        shop.orderCount.get(),
        shop.nextOrder,
        shop.turnoverCents);
  }

  private static <K extends Comparable<K>, V> Map<K, V> all(StateMap<K, V> map) {
    Map<K, V> all = new TreeMap<>();
    String cursor = null;
    do {
      Page<K, V> page = map.scan(Scan.all().limit(1000).after(cursor));
      page.entries().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
      cursor = page.nextCursor();
    } while (cursor != null);
    return all;
  }
}
