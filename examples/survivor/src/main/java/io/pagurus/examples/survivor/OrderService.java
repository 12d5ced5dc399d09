package io.pagurus.examples.survivor;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the HTTP side needs. Thread-safe. */
interface OrderService {
  /** Adds to a cart and returns at once: a kill may cost it, a clean stop may not. */
  void addToCart(String session, long seq, String product, int quantity);

  /**
   * Orders what is in the cart: all of it or nothing. Returns the order, the same one when {@code
   * key} was carried out before, or null when the cart is empty. Hold the reply until {@link
   * #durable()}.
   */
  @Nullable Order checkout(String session, String key);

  /** Completes when everything done so far survives a kill. */
  CompletionStage<Void> durable();

  long stock(String product);

  /** What a kill could cost right now. */
  Duration lossWindow();

  /** How the state was found at start. */
  Found found();

  /** Everything, for the audit. Only consistent while nobody writes. */
  Snapshot snapshot();

  /**
   * How the state was found at start.
   *
   * @param created true when there was none
   * @param cleanStop true when the last owner had saved everything
   */
  record Found(boolean created, boolean cleanStop) {}
}
