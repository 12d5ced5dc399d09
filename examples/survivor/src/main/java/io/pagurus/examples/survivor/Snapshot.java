package io.pagurus.examples.survivor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All state of the shop as of one moment, and its text form on the wire: one entry a line, fields
 * separated by tabs.
 *
 * <pre>
 * stock     p03  9999998
 * sold      p03  2
 * cart      c1-s2  17  23  p01=1,p04=2       (session, last sequence number, items ever added)
 * order     0  c1-s2-k1  c1-s2  242  p03=2   (id, idempotency key, session, total in cents)
 * request   c1-s2-k1  0
 * totals    1  1  242                        (order count, next order id, turnover in cents)
 * </pre>
 */
record Snapshot(
    Map<String, Long> stock,
    Map<String, Long> sold,
    Map<String, Cart> carts,
    Map<Long, Order> orders,
    Map<String, Long> requests,
    long orderCount,
    long nextOrder,
    long turnoverCents) {

  String toText() {
    StringBuilder text = new StringBuilder();
    stock.forEach((product, count) -> line(text, "stock", product, count));
    sold.forEach((product, count) -> line(text, "sold", product, count));
    carts.forEach(
        (id, cart) -> line(text, "cart", id, cart.lastSeq(), cart.added(), text(cart.items())));
    orders.values().forEach(order -> line(text, "order", text(order)));
    requests.forEach((key, order) -> line(text, "request", key, order));
    line(text, "totals", orderCount, nextOrder, turnoverCents);
    return text.toString();
  }

  static Snapshot parse(String text) {
    Map<String, Long> stock = new TreeMap<>();
    Map<String, Long> sold = new TreeMap<>();
    Map<String, Cart> carts = new TreeMap<>();
    Map<Long, Order> orders = new TreeMap<>();
    Map<String, Long> requests = new TreeMap<>();
    long[] totals = null;
    for (String line : text.lines().toList()) {
      String[] f = line.split("\t", -1);
      switch (f[0]) {
        case "stock" -> stock.put(f[1], Long.parseLong(f[2]));
        case "sold" -> sold.put(f[1], Long.parseLong(f[2]));
        case "cart" ->
            carts.put(f[1], new Cart(Long.parseLong(f[2]), Long.parseLong(f[3]), items(f[4])));
        case "order" -> {
          Order order = order(List.of(f).subList(1, f.length));
          orders.put(order.id(), order);
        }
        case "request" -> requests.put(f[1], Long.parseLong(f[2]));
        case "totals" ->
            totals = new long[] {Long.parseLong(f[1]), Long.parseLong(f[2]), Long.parseLong(f[3])};
        default -> throw new IllegalArgumentException("not a line of a snapshot: " + line);
      }
    }
    if (totals == null) {
      throw new IllegalArgumentException("the snapshot was cut off: it has no line 'totals'");
    }
    return new Snapshot(stock, sold, carts, orders, requests, totals[0], totals[1], totals[2]);
  }

  /** One order as in a line of the snapshot, without the leading word. */
  static String text(Order o) {
    return String.join(
        "\t",
        Long.toString(o.id()),
        o.key(),
        o.session(),
        Long.toString(o.totalCents()),
        text(o.items()));
  }

  /** The reverse of {@link #text(Order)}. */
  static Order order(List<String> fields) {
    return new Order(
        Long.parseLong(fields.get(0)),
        fields.get(1),
        fields.get(2),
        Long.parseLong(fields.get(3)),
        items(fields.get(4)));
  }

  private static String text(Map<String, Integer> items) {
    return new TreeMap<>(items)
        .entrySet().stream()
            .map(item -> item.getKey() + "=" + item.getValue())
            .collect(Collectors.joining(","));
  }

  private static Map<String, Integer> items(String text) {
    Map<String, Integer> items = new LinkedHashMap<>();
    if (!text.isEmpty()) {
      for (String item : text.split(",", -1)) {
        int equals = item.indexOf('=');
        items.put(item.substring(0, equals), Integer.valueOf(item.substring(equals + 1)));
      }
    }
    return items;
  }

  private static void line(StringBuilder text, Object... fields) {
    for (int i = 0; i < fields.length; i++) {
      text.append(i == 0 ? "" : "\t").append(fields[i]);
    }
    text.append('\n');
  }
}
