package io.pagurus.examples.survivor;

import java.util.Map;

/**
 * One confirmed order. Immutable.
 *
 * @param id given by the service, from a plain field
 * @param key the idempotency key, given by the client
 * @param session whose cart was ordered
 * @param totalCents the sum of its items
 * @param items product to quantity
 */
record Order(long id, String key, String session, long totalCents, Map<String, Integer> items) {
  Order {
    items = Map.copyOf(items);
  }

  static long total(Map<String, Integer> items) {
    return items.entrySet().stream()
        .mapToLong(item -> Catalog.priceCents(item.getKey()) * item.getValue())
        .sum();
  }

  static long quantity(Map<String, Integer> items) {
    return items.values().stream().mapToLong(Integer::longValue).sum();
  }
}
