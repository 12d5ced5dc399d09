package io.pagurus.examples.survivor;

import java.util.Map;
import java.util.TreeMap;

/**
 * The cart of one session. Immutable.
 *
 * @param lastSeq the sequence number of the newest addition that is in the cart
 * @param added how many items were ever added, ordered ones included
 * @param items product to quantity, without what was ordered
 */
record Cart(long lastSeq, long added, Map<String, Integer> items) {
  static final Cart EMPTY = new Cart(0, 0, Map.of());

  Cart {
    items = Map.copyOf(items);
  }

  /** Adds once: an addition that is in the cart already (a retry) changes nothing. */
  Cart add(long seq, String product, int quantity) {
    if (seq <= lastSeq) {
      return this;
    }
    Map<String, Integer> more = new TreeMap<>(items);
    more.merge(product, quantity, Integer::sum);
    return new Cart(seq, added + quantity, more);
  }

  /** The same session after its items were ordered. */
  Cart ordered() {
    return new Cart(lastSeq, added, Map.of());
  }
}
