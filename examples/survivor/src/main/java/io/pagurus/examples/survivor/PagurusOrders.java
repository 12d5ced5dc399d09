package io.pagurus.examples.survivor;

import io.pagurus.Page;
import io.pagurus.RestoreReport;
import io.pagurus.Scan;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The shop as a service would write it: no files, no SQL, no shutdown hook. Thread-safe. */
final class PagurusOrders implements OrderService {
  private final StateStore store;
  private final Shop shop;

  PagurusOrders(StateStore store) {
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

  @Override
  public void addToCart(String session, long seq, String product, int quantity) {
    shop.carts.compute(
        session, (id, cart) -> (cart == null ? Cart.EMPTY : cart).add(seq, product, quantity));
  }

  @Override
  public @Nullable Order checkout(String session, String key) {
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

  @Override
  public CompletionStage<Void> durable() {
    return store.whenDurable();
  }

  @Override
  public long stock(String product) {
    return shop.stock.getOrDefault(product, 0L);
  }

  @Override
  public Duration lossWindow() {
    return store.status().lossWindow();
  }

  @Override
  public Found found() {
    RestoreReport restore = store.status().restore();
    return new Found(restore.created(), restore.cleanStop());
  }

  @Override
  public Snapshot snapshot() {
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
