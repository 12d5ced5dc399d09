package io.pagurus.examples.survivor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the clients asked for and what they were told. The driver's memory, never the service's.
 *
 * <p>Thread-safe. Times are of the driver's {@code System.nanoTime}, except where said.
 */
final class Ledger {
  /** An addition to a cart that no audit has seen yet. Immutable. */
  record Addition(long seq, int quantity, long sentAt, @Nullable Acknowledged acknowledged) {}

  /**
   * The answer to an addition.
   *
   * @param at when the client had it
   * @param appliedAtMicros when the service had done it: wall clock, microseconds since 1970
   */
  record Acknowledged(long at, long appliedAtMicros) {}

  /** A checkout; without an order it is unanswered. Immutable. */
  record Checkout(String key, String session, long sentAt, @Nullable Order order) {}

  /** What is known of one session. Immutable copy. */
  record Session(String id, long settledSeq, long settledQuantity, List<Addition> open) {}

  private static final class SessionEntry {
    long settledSeq;
    long settledQuantity;
    final TreeMap<Long, Addition> open = new TreeMap<>();
  }

  private final Map<String, SessionEntry> sessions = new TreeMap<>();
  private final Map<String, Checkout> checkouts = new HashMap<>();

  /**
   * To be called before the request leaves, and again before each retry. The time of the first
   * attempt stays: the effect may be of that one.
   */
  synchronized void additionSent(String session, long seq, int quantity, long now) {
    SessionEntry entry = sessions.computeIfAbsent(session, id -> new SessionEntry());
    if (seq > entry.settledSeq) {
      entry.open.putIfAbsent(seq, new Addition(seq, quantity, now, null));
    }
  }

  synchronized void additionAcknowledged(String session, long seq, long now, long appliedAtMicros) {
    SessionEntry entry = sessions.get(session);
    if (entry == null) {
      throw new IllegalStateException("an answer without a request: " + session);
    }
    entry.open.computeIfPresent(
        seq,
        (id, addition) ->
            new Addition(
                seq,
                addition.quantity(),
                addition.sentAt(),
                new Acknowledged(now, appliedAtMicros)));
  }

  /** To be called before the request leaves, and again before each retry; the first time stays. */
  synchronized void checkoutSent(String session, String key, long now) {
    checkouts.putIfAbsent(key, new Checkout(key, session, now, null));
  }

  synchronized void checkoutConfirmed(String key, Order order) {
    checkouts.computeIfPresent(
        key, (id, sent) -> new Checkout(key, sent.session(), sent.sentAt(), order));
  }

  /** The cart was empty: nothing was ordered and nothing may appear under this key. */
  synchronized void checkoutEmpty(String key) {
    checkouts.remove(key);
  }

  synchronized List<Session> sessions() {
    List<Session> copy = new ArrayList<>();
    sessions.forEach(
        (id, entry) ->
            copy.add(
                new Session(
                    id,
                    entry.settledSeq,
                    entry.settledQuantity,
                    List.copyOf(entry.open.values()))));
    return copy;
  }

  synchronized Map<String, Checkout> checkouts() {
    return Map.copyOf(checkouts);
  }

  /**
   * Takes over what an audit found in storage: additions up to the stored sequence number are part
   * of it for good, acknowledged ones above are lost and no longer expected, unanswered ones above
   * will be asked for again.
   */
  synchronized void settle(Snapshot found) {
    sessions.forEach(
        (id, entry) -> {
          long stored = found.carts().getOrDefault(id, Cart.EMPTY).lastSeq();
          entry
              .open
              .headMap(stored, true)
              .values()
              .forEach(addition -> entry.settledQuantity += addition.quantity());
          entry.settledSeq = Math.max(entry.settledSeq, stored);
          entry.open.headMap(stored, true).clear();
          entry.open.values().removeIf(addition -> addition.acknowledged() != null);
        });
  }
}
