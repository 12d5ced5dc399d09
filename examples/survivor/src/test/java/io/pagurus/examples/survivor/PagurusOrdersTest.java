package io.pagurus.examples.survivor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateStore;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PagurusOrdersTest {
  private final StateStore store = StateStore.open("memory:");
  private final PagurusOrders orders = new PagurusOrders(store);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void checkout_movesTheCartIntoAnOrder() throws Exception {
    orders.addToCart("s", 1, "p01", 2);
    orders.addToCart("s", 2, "p02", 1);

    Order order = orders.checkout("s", "k");

    assertThat(order).isEqualTo(new Order(0, "k", "s", 328, Map.of("p01", 2, "p02", 1)));
    orders.durable().toCompletableFuture().get(10, TimeUnit.SECONDS);
    Snapshot state = orders.snapshot();
    assertThat(state.orders()).hasSize(1);
    assertThat(state.requests()).isEqualTo(Map.of("k", 0L));
    assertThat(state.carts()).isEqualTo(Map.of("s", new Cart(2, 3, Map.of())));
    assertThat(state.stock()).containsEntry("p01", Catalog.INITIAL_STOCK - 2);
    assertThat(state.sold()).containsEntry("p01", 2L).containsEntry("p02", 1L);
    assertThat(state.turnoverCents()).isEqualTo(328);
    assertThat(state.orderCount()).isEqualTo(1);
    assertThat(state.nextOrder()).isEqualTo(1);
  }

  @Test
  void checkout_sameKeyAgain_answersTheSameOrder() {
    orders.addToCart("s", 1, "p01", 2);
    Order first = orders.checkout("s", "k");
    orders.addToCart("s", 2, "p02", 1);

    assertThat(orders.checkout("s", "k")).isEqualTo(first);
    assertThat(orders.snapshot().orders()).hasSize(1);
  }

  @Test
  void checkout_emptyCart_changesNothing() {
    assertThat(orders.checkout("s", "k")).isNull();
    assertThat(orders.snapshot().requests()).isEmpty();
  }

  @Test
  void addToCart_sameNumberAgain_addsOnce() {
    orders.addToCart("s", 1, "p01", 2);
    orders.addToCart("s", 1, "p01", 2);

    assertThat(orders.snapshot().carts()).isEqualTo(Map.of("s", new Cart(1, 2, Map.of("p01", 2))));
  }
}
