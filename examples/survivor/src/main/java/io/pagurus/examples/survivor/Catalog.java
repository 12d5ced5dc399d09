package io.pagurus.examples.survivor;

import java.util.List;
import java.util.stream.IntStream;

/** What the shop sells. Service and audit must agree on it, so it lives in one place. */
final class Catalog {
  static final List<String> PRODUCTS =
      IntStream.range(0, 12).mapToObj(i -> String.format("p%02d", i)).toList();

  /** Items of each product on the first day. */
  static final long INITIAL_STOCK = 10_000_000;

  private Catalog() {}

  static long priceCents(String product) {
    return 100 + 7L * PRODUCTS.indexOf(product);
  }
}
