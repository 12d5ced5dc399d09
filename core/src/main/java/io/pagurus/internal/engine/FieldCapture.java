package io.pagurus.internal.engine;

import io.pagurus.spi.Change;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the plain fields of all bound beans at a cut and tells what changed, by comparing bytes.
 *
 * <p>Everything but {@link #hasFields} and {@link #failures} is called under the update lock. That
 * is what makes a field consistent with the handles: whoever changes a field does it inside an
 * update, and an update cannot overlap a capture. So the gate need not be closed meanwhile, and a
 * large field costs no writer anything.
 */
final class FieldCapture {
  /** Some field could not be encoded: there must be no cut. */
  static final class CaptureFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CaptureFailedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private static final class Kept {
    private final PlainField field;
    private final byte[] key;
    private final byte[] initial;
    private byte @Nullable [] bytes;

    Kept(PlainField field, byte[] initial, byte @Nullable [] stored) {
      this.field = field;
      this.key = field.name().getBytes(StandardCharsets.UTF_8);
      this.initial = initial;
      this.bytes = stored;
    }
  }

  /**
   * What a capture that takes too long is multiplied with to get its interval: at most 2 % load.
   */
  private static final int STRETCH = 50;

  private static final Logger log = LoggerFactory.getLogger(FieldCapture.class);

  private final String store;
  private final Duration budget;
  private final long usualInterval;
  private final Map<String, Kept> fields = new LinkedHashMap<>();
  private volatile boolean hasFields;
  private volatile long interval;
  private volatile Map<String, String> failures = Map.of();
  private boolean warned;

  FieldCapture(String store, Duration budget, Duration interval) {
    this.store = store;
    this.budget = budget;
    this.usualInterval = Deadline.toNanos(interval);
    this.interval = usualInterval;
  }

  boolean hasFields() {
    return hasFields;
  }

  /** Nanoseconds between two looks when no update ran. */
  long intervalNanos() {
    return interval;
  }

  Map<String, String> failures() {
    return failures;
  }

  boolean isBound(String field) {
    return fields.containsKey(field);
  }

  /** Takes part from now on. {@code stored} is what storage holds, or null for nothing. */
  void add(PlainField field, byte[] initial, byte @Nullable [] stored) {
    fields.put(field.name(), new Kept(field, initial, stored));
    hasFields = true;
  }

  /** Takes part no longer. */
  void remove(PlainField field) {
    fields.remove(field.name());
    hasFields = !fields.isEmpty();
  }

  /** The fields whose bytes differ from the last ones that a cut took. */
  List<Change> capture() throws CaptureFailedException {
    long begin = System.nanoTime();
    List<Change> changes = new ArrayList<>();
    List<Kept> changed = new ArrayList<>();
    List<byte[]> encoded = new ArrayList<>();
    String slowest = "";
    long slowestTook = 0;
    long before = begin;
    for (Kept kept : fields.values()) {
      byte[] bytes = encode(kept.field);
      if (!Arrays.equals(bytes, kept.bytes)) {
        changes.add(new Change(Catalog.FIELD_SPACE, kept.key, bytes));
        changed.add(kept);
        encoded.add(bytes);
      }
      long now = System.nanoTime();
      if (now - before > slowestTook) {
        slowestTook = now - before;
        slowest = kept.field.name();
      }
      before = now;
    }
    // Only when all could be encoded: a cut that does not happen must not forget a change.
    for (int i = 0; i < changed.size(); i++) {
      changed.get(i).bytes = encoded.get(i);
    }
    failures = Map.of();
    adapt(System.nanoTime() - begin, slowest);
    return changes;
  }

  private byte[] encode(PlainField field) throws CaptureFailedException {
    try {
      return field.encode();
    } catch (RuntimeException | StackOverflowError e) {
      String reason = String.valueOf(e.getMessage());
      if (!failures.containsKey(field.name())) {
        log.warn(
            "Store '{}': the plain field '{}' ({}) cannot be encoded, so nothing is committed until it"
                + " can: {}. Change plain fields inside store.update(...) only.",
            store,
            field.name(),
            field.typeName(),
            reason,
            e);
      }
      failures = Map.of(field.name(), reason);
      throw new CaptureFailedException(field.name() + ": " + reason, e);
    }
  }

  private void adapt(long took, String slowest) {
    if (took <= budget.toNanos()) {
      interval = usualInterval;
      return;
    }
    interval = Math.max(usualInterval, took * STRETCH);
    if (!warned) {
      warned = true;
      log.warn(
          "Store '{}': looking at the plain fields took {} ms, more than captureBudget ({}); the slowest"
              + " is '{}'. They are looked at less often now. Large collections belong in a StateMap.",
          store,
          took / 1_000_000.0,
          budget,
          slowest);
    }
  }

  /**
   * Sets every field to what {@code stored} knows of it, or to what it was before it was first
   * bound, when the restored state is older than the field.
   */
  void reset(Map<String, byte[]> stored) {
    for (Kept kept : fields.values()) {
      byte[] bytes = stored.get(kept.field.name());
      kept.field.set(bytes == null ? kept.initial : bytes);
      kept.bytes = bytes;
    }
  }

  List<String> names() {
    return List.copyOf(fields.keySet());
  }
}
