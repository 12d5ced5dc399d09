package io.pagurus.examples.survivor;

import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.Stateful;

/** Everything the shop must not forget. */
@Stateful("shop")
final class Shop {
  @State StateMap<String, Cart> carts;
  @State StateMap<String, Long> stock;
  @State StateMap<String, Long> sold;
  @State StateMap<Long, Order> orders;

  /** Idempotency key to order id: a request that was carried out is answered, not repeated. */
  @State StateMap<String, Long> requests;

  @State StateCounter orderCount;

  // Plain fields on purpose: they must stay in step with the maps.
  @State long nextOrder;
  @State long turnoverCents;
}
