package io.pagurus.internal.engine;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StateException;
import io.pagurus.StateSerializationException;
import io.pagurus.internal.codec.KeyCodec;
import io.pagurus.internal.codec.ValueCodec;
import io.pagurus.spi.Entry;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one name: what its handles read and write. Thread-safe.
 *
 * <h2>Where an entry is found</h2>
 *
 * <p>The running block's own changes (for its thread), the pending layer, the layer in flight, the
 * near cache, the backend; the first that knows the key decides, and a tombstone knows it too.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>{@link #layers} is replaced by the cut and by {@link #clear} with the gate closed, and by
 *       the committer inside the gate when a commit is known.
 *   <li>The layer in flight is dropped only after the near cache holds what was committed.
 *   <li>A reader takes the write stamp first, then {@link #layers}, then asks below. So what it
 *       found below is current as long as the stamp and {@link #epochOfContent} have not moved, and
 *       only then may it enter the near cache.
 *   <li>A writer changes the pending layer inside the gate and advances the stamp before it leaves.
 *       So "same pending layer, same slot, same stamp" means: nobody has written the key.
 * </ol>
 *
 * @param <K> the type of the keys; equal keys have equal bytes
 * @param <V> the type of the values
 */
final class Table<K, V> {
  private static final int SCAN_STEP = 512;

  private final Engine engine;
  private final String name;
  private final String type;
  private final int space;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;

  /**
   * Null where others commit, and where the backend reads from memory and values must be decoded
   * afresh for each reader. Replaced when all it holds is void.
   */
  private volatile @Nullable NearCache cache;

  private volatile Layers layers = Layers.empty();
  private volatile long epochOfContent;

  Table(
      Engine engine,
      String name,
      String type,
      int space,
      KeyCodec<K> keys,
      ValueCodec<V> values,
      @Nullable NearCache cache) {
    this.engine = engine;
    this.name = name;
    this.type = type;
    this.space = space;
    this.keys = keys;
    this.values = values;
    this.cache = cache;
  }

  String name() {
    return name;
  }

  /** The types it was opened with. */
  String type() {
    return type;
  }

  int space() {
    return space;
  }

  KeyCodec<K> keyCodec() {
    return keys;
  }

  /** Whether {@code key} is of the type of the keys. */
  boolean isKey(Object key) {
    Type type = keys.type();
    return (type instanceof ParameterizedType generic ? generic.getRawType() : type)
            instanceof Class<?> raw
        && raw.isInstance(key);
  }

  // ---- encoding ---------------------------------------------------------------------------------

  byte[] encodeKey(K key) {
    byte[] bytes;
    try {
      bytes = keys.encode(key);
    } catch (StateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new StateSerializationException(
          where(key) + ": the key cannot be encoded: " + e.getMessage() + ". Nothing was written.",
          e);
    }
    int max = engine.info().maxKeyBytes();
    if (bytes.length > max) {
      throw new IllegalArgumentException(
          where(key)
              + ": the key takes "
              + bytes.length
              + " bytes, storage at "
              + engine.info().source()
              + " allows "
              + max
              + ". Nothing was written. Use a shorter key.");
    }
    return bytes;
  }

  /**
   * The change that sets {@code key} to {@code value}: encoded now, so later mutation is harmless.
   */
  Slot slot(K key, V value) {
    byte[] keyBytes = encodeKey(key);
    byte[] bytes;
    try {
      bytes = values.encode(value);
    } catch (RuntimeException e) {
      throw new StateSerializationException(
          where(key)
              + ": a value of "
              + value.getClass().getName()
              + " cannot be encoded as "
              + values.typeName()
              + ": "
              + e.getMessage()
              + ". Nothing was written. Fix the type, or give the store a codec for it.",
          e);
    }
    int max = engine.info().maxValueBytes();
    if (bytes.length > max) {
      throw new IllegalArgumentException(
          where(key)
              + ": the value takes "
              + bytes.length
              + " bytes, storage at "
              + engine.info().source()
              + " allows "
              + max
              + ". Nothing was written. Split the value over several keys.");
    }
    return new Slot(keyBytes, bytes, values.immutable() ? value : null);
  }

  private V decode(Object key, byte[] bytes) {
    try {
      return values.decode(bytes);
    } catch (RuntimeException e) {
      throw new IncompatibleStateException(
          where(key)
              + ": the stored value ("
              + bytes.length
              + " bytes, written as "
              + engine.catalog().storedTypeOf(name)
              + ") cannot be read as "
              + values.typeName()
              + ": "
              + e.getMessage()
              + ". Nothing was changed. Make the type able to read it, or run the version that wrote"
              + " it.",
          e);
    }
  }

  private K decodeKey(byte[] bytes) {
    try {
      return keys.decode(bytes);
    } catch (RuntimeException e) {
      throw new IncompatibleStateException(
          engine.where(name)
              + ": a stored key of "
              + bytes.length
              + " bytes cannot be read: "
              + e.getMessage()
              + ". Nothing was changed. Open the map with the key type it was written with.",
          e);
    }
  }

  private String where(Object key) {
    String text = String.valueOf(key);
    return engine.where(name)
        + ", key '"
        + (text.length() > 100 ? text.substring(0, 100) + "..." : text)
        + "'";
  }

  @SuppressWarnings("unchecked") // shared objects are values of this table
  private @Nullable V valueOf(Object key, Slot slot) {
    if (slot.shared() != null) {
      return (V) slot.shared();
    }
    return slot.bytes() == null ? null : decode(key, slot.bytes());
  }

  @SuppressWarnings("unchecked") // shared objects are values of this table
  private @Nullable V valueOf(Object key, NearCache.Known known) {
    Object content = known.content();
    if (content == null) {
      return null;
    }
    // With a shared type the content is the value itself (a byte[] is never of a shared type).
    return values.immutable() ? (V) content : decode(key, (byte[]) content);
  }

  // ---- reading ----------------------------------------------------------------------------------

  @Nullable V get(K key) {
    engine.checkReadable();
    Block block = engine.blockOfThisThread();
    if (block == null) {
      return read(key);
    }
    Block.Changes own = block.changesTo(this);
    Slot slot = own == null ? null : own.slots.get(key);
    if (slot != null) {
      return valueOf(key, slot);
    }
    touch(block, key);
    return own != null && own.hides ? null : read(key);
  }

  /** Reads what everybody sees, without a look at the running block. */
  private @Nullable V read(K key) {
    Layers now = layers;
    Slot slot = now.pending().get(key);
    if (slot != null) {
      return valueOf(key, slot);
    }
    if (now.pending().hides()) {
      return null;
    }
    slot = now.inFlight().get(key);
    if (slot != null) {
      return valueOf(key, slot);
    }
    if (now.inFlight().hides()) {
      return null;
    }
    NearCache near = cache;
    if (near == null) {
      byte[] bytes = engine.reader().read(b -> b.get(space, keys.encode(key)));
      return bytes == null ? null : decode(key, bytes);
    }
    NearCache.Known known = near.get(key);
    return known != null ? valueOf(key, known) : load(key);
  }

  private @Nullable V load(K key) {
    int stripe = WriteStamps.stripe(space, key);
    long stamp = engine.stamps().read(stripe);
    long content = epochOfContent;
    NearCache into = cache; // behind the epoch: if that has moved, this is the one that is void
    Layers now = layers;
    Slot slot = firstOf(now, key);
    if (slot != null) {
      return valueOf(key, slot);
    }
    if (now.pending().hides() || now.inFlight().hides()) {
      return null;
    }
    byte[] keyBytes = keys.encode(key);
    byte[] bytes = engine.reader().read(b -> b.get(space, keyBytes));
    V value = bytes == null ? null : decode(key, bytes);
    int weight = keyBytes.length + (bytes == null ? 0 : bytes.length) + Slot.OVERHEAD;
    if (into != null) {
      into.loaded(
          key,
          NearCache.Known.of(bytes, values.immutable() ? value : null, weight),
          () -> engine.stamps().read(stripe) == stamp && epochOfContent == content);
    }
    return value;
  }

  private static @Nullable Slot firstOf(Layers layers, Object key) {
    Slot slot = layers.pending().get(key);
    return slot != null || layers.pending().hides() ? slot : layers.inFlight().get(key);
  }

  // ---- writing ----------------------------------------------------------------------------------

  /** What a compare-and-set has read. */
  private record Seen(int stripe, long stamp, long content, Layer pending, @Nullable Slot slot) {}

  /** Writes whatever is there. */
  void put(K key, Slot slot) {
    Block block = engine.blockOfThisThread();
    if (block == null) {
      engine.admit();
      write(key, slot, null, true, null);
    } else {
      putInBlock(block, key, slot);
    }
  }

  /** Writes beside a running block: for the catalog, which no block reads. */
  void putBesideBlocks(K key, Slot slot) {
    write(key, slot, null, false, null);
  }

  /**
   * Replaces the value of {@code key} by what {@code function} makes of it; null in and out stands
   * for no value. Returns the value before and the one behind. A function that returns the very
   * object it was given has changed nothing if {@code sameIsUnchanged} (or the type is immutable);
   * else it may have changed what is inside, and that is written.
   */
  Replaced<V> compute(
      K key,
      BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function,
      boolean sameIsUnchanged) {
    boolean skipSame = sameIsUnchanged || values.immutable();
    Block block = engine.blockOfThisThread();
    if (block != null) {
      V before = get(key);
      V after = engine.inFunction(() -> function.apply(key, before));
      if (!(after == before && (skipSame || after == null))) {
        putInBlock(block, key, after == null ? Slot.tombstone(encodeKey(key)) : slot(key, after));
      }
      return new Replaced<>(before, after);
    }
    engine.admit();
    Deadline deadline = null;
    while (true) {
      engine.checkWritable();
      int stripe = WriteStamps.stripe(space, key);
      long stamp = engine.stamps().read(stripe);
      long content = epochOfContent;
      Layer pending = layers.pending();
      Seen seen = new Seen(stripe, stamp, content, pending, pending.get(key));
      V before = seen.slot() == null ? read(key) : valueOf(key, seen.slot());
      V after = engine.inFunction(() -> function.apply(key, before));
      if (after == before && (skipSame || after == null)) {
        return new Replaced<>(before, after);
      }
      Slot slot = after == null ? Slot.tombstone(encodeKey(key)) : slot(key, after);
      if (write(key, slot, seen, true, deadline)) {
        return new Replaced<>(before, after);
      }
      if (deadline == null) {
        deadline = Deadline.in(engine.settings().maxWriteWait());
      }
    }
  }

  /** The value before and behind a {@link #compute}; null for none. */
  record Replaced<V>(@Nullable V before, @Nullable V after) {}

  private void putInBlock(Block block, K key, Slot slot) {
    engine.checkWritable();
    touch(block, key);
    block.put(this, key, slot);
    engine.checkBlockSize(block);
  }

  /** Marks a key as the block's, see the third invariant of {@link Block}. */
  private void touch(Block block, K key) {
    engine.checkNotOvertaken(block);
    Touched touched = block.touchedOf(this);
    if (touched.contains(key)) {
      return;
    }
    long pass = engine.gate().enter();
    try {
      layers
          .pending()
          .slots()
          .compute(
              key,
              (k, slot) -> {
                touched.add(k);
                return slot;
              });
    } finally {
      engine.gate().exit(pass);
    }
  }

  /** Marks the whole table as the block's: nobody is inside the gate when the mark appears. */
  private void touchAll(Block block) {
    engine.checkNotOvertaken(block);
    Touched touched = block.touchedOf(this);
    if (!touched.hasAll()) {
      long pass = engine.gate().close();
      try {
        touched.addAll();
      } finally {
        engine.gate().open(pass);
      }
    }
  }

  /**
   * Publishes a single write; false when {@code seen} is no longer what is there.
   *
   * @param until how long it may wait for blocks; null for {@code maxWriteWait} from the first wait
   *     on
   */
  private boolean write(
      K key, Slot slot, @Nullable Seen seen, boolean waitsForBlocks, @Nullable Deadline until) {
    Deadline deadline = until;
    while (true) {
      Attempt attempt = new Attempt(slot, seen, waitsForBlocks);
      boolean first = false;
      long pass = engine.gate().enter();
      try {
        engine.checkWritable();
        attempt.run(key);
        if (attempt.done) {
          engine.stamps().advance(WriteStamps.stripe(space, key));
          first = engine.noteChange(attempt.growth);
        }
      } finally {
        engine.gate().exit(pass);
      }
      if (attempt.done) {
        if (first) {
          engine.wakeCommitter();
        }
        return true;
      }
      if (attempt.blockedBy == null) {
        return false;
      }
      if (deadline == null) {
        deadline = Deadline.in(engine.settings().maxWriteWait());
      }
      engine.awaitBlock(attempt.blockedBy, deadline, where(key));
    }
  }

  /** One try of a single write, run by the pending layer under the lock of the key. */
  private final class Attempt implements BiFunction<Object, @Nullable Slot, @Nullable Slot> {
    private final Slot slot;
    private final @Nullable Seen seen;
    private final boolean waitsForBlocks;
    private Layer pending = Layer.NONE;
    private @Nullable Block blockedBy;
    private boolean done;
    private int growth;

    Attempt(Slot slot, @Nullable Seen seen, boolean waitsForBlocks) {
      this.slot = slot;
      this.seen = seen;
      this.waitsForBlocks = waitsForBlocks;
    }

    void run(Object key) {
      pending = layers.pending();
      pending.slots().compute(key, this);
    }

    @Override
    public @Nullable Slot apply(Object key, @Nullable Slot now) {
      Block block = engine.running();
      if (waitsForBlocks && block != null && block.holds(Table.this, key)) {
        blockedBy = block;
        return now;
      }
      if (seen != null && !isStill(seen, now)) {
        return now;
      }
      growth = slot.weight() - (now == null ? 0 : now.weight());
      done = true;
      return slot;
    }

    private boolean isStill(Seen seen, @Nullable Slot now) {
      return engine.stamps().read(seen.stripe()) == seen.stamp()
          && epochOfContent == seen.content()
          && (pending == seen.pending() ? now == seen.slot() : now == null);
    }
  }

  void clear() {
    Block block = engine.blockOfThisThread();
    if (block != null) {
      engine.checkWritable();
      touchAll(block);
      block.clear(this);
      return;
    }
    engine.admit();
    Deadline deadline = Deadline.in(engine.settings().maxWriteWait());
    while (true) {
      Block blocker;
      boolean first = false;
      long pass = engine.gate().close();
      try {
        engine.checkWritable();
        blocker = engine.running();
        if (blocker != null && !blocker.hasTouched(this)) {
          blocker = null;
        }
        if (blocker == null) {
          hideAll();
          first = engine.noteChange(Slot.OVERHEAD);
        }
      } finally {
        engine.gate().open(pass);
      }
      if (blocker == null) {
        if (first) {
          engine.wakeCommitter();
        }
        return;
      }
      engine.awaitBlock(blocker, deadline, engine.where(name));
    }
  }

  /** Reads as empty from now on, whatever storage has: for a name that nobody may define. */
  void hideStorage() {
    layers = new Layers(new Layer(true), Layer.NONE);
  }

  /** Puts a layer without entries on top that hides all below. The gate is closed. */
  private void hideAll() {
    Layers now = layers;
    long dropped = 0;
    for (Slot slot : now.pending().slots().values()) {
      dropped += slot.weight();
    }
    engine.noteDropped(dropped);
    layers = new Layers(new Layer(true), now.inFlight());
    epochOfContent++;
  }

  // ---- publishing a block -----------------------------------------------------------------------

  /** Makes a block's changes visible; with {@code hides} the gate is closed, else it is entered. */
  long publish(Block.Changes changes) {
    if (changes.hides) {
      hideAll();
    }
    Layer pending = layers.pending();
    long growth = 0;
    for (Map.Entry<Object, Slot> change : changes.slots.entrySet()) {
      Slot before = pending.slots().put(change.getKey(), change.getValue());
      engine.stamps().advance(WriteStamps.stripe(space, change.getKey()));
      growth += change.getValue().weight() - (before == null ? 0 : before.weight());
    }
    return growth;
  }

  // ---- the committer's side ---------------------------------------------------------------------

  /** Makes the pending layer the one in flight; null when it is empty. The gate is closed. */
  @Nullable Layer cut() {
    Layer pending = layers.pending();
    if (pending.isEmpty()) {
      return null;
    }
    layers = new Layers(pending.next(), pending);
    return pending;
  }

  /** The layer in flight is durable. */
  void committed(Layer durable) {
    NearCache near = cache;
    if (near != null) {
      if (durable.hides()) {
        near = near.fresh();
        cache = near;
      }
      durable.slots().forEach(near::committed);
    }
    long pass = engine.gate().enter();
    try {
      layers = new Layers(layers.pending(), Layer.NONE);
    } finally {
      engine.gate().exit(pass);
    }
  }

  /** What storage holds has been replaced; nothing is pending or in flight. The gate is closed. */
  void contentReplaced() {
    epochOfContent++;
    NearCache near = cache;
    if (near != null) {
      cache = near.fresh();
    }
  }

  void resizeCache(long maxBytes) {
    NearCache near = cache;
    if (near != null) {
      near.resize(maxBytes);
    }
  }

  // ---- many entries -----------------------------------------------------------------------------

  /** Entries as a scan sees them. */
  record Row<K, V>(K key, byte[] keyBytes, V value) {}

  /** Decodes an entry that is stored, so that a type that cannot is found before it is used. */
  void checkSample() {
    engine.checkReadable();
    Entry sample = engine.reader().<@Nullable Entry>read(b -> b.any(space));
    if (sample != null) {
      decode(decodeKey(sample.key()), sample.value());
    }
  }

  Map<K, V> getAll(Collection<? extends K> wanted) {
    engine.checkReadable();
    Map<K, V> found = new LinkedHashMap<>();
    Block block = engine.blockOfThisThread();
    NearCache near = cache;
    if (block != null || engine.reader().isDirect()) {
      for (K key : wanted) {
        V value = get(key);
        if (value != null) {
          found.put(key, value);
        }
      }
      return found;
    }
    Layers now = layers;
    Map<K, byte[]> below = new LinkedHashMap<>();
    for (K key : wanted) {
      Slot slot = firstOf(now, key);
      if (slot != null) {
        putIfPresent(found, key, valueOf(key, slot));
      } else if (!now.pending().hides() && !now.inFlight().hides()) {
        NearCache.Known known = near == null ? null : near.get(key);
        if (known != null) {
          putIfPresent(found, key, valueOf(key, known));
        } else {
          below.put(key, keys.encode(key));
        }
      }
    }
    if (!below.isEmpty()) {
      List<Entry> entries = engine.reader().read(b -> b.getAll(space, below.values()));
      for (Entry entry : entries) {
        K key = decodeKey(entry.key());
        found.put(key, decode(key, entry.value()));
      }
    }
    return found;
  }

  private void putIfPresent(Map<K, V> into, K key, @Nullable V value) {
    if (value != null) {
      into.put(key, value);
    }
  }

  long size() {
    engine.checkReadable();
    Overlay overlay = overlay(new byte[0], null);
    long present = overlay.slots.values().stream().filter(slot -> !slot.isTombstone()).count();
    if (overlay.hides) {
      return present;
    }
    return present + engine.reader().<Long>read(b -> b.count(space, overlay.slots.keySet()));
  }

  /** Up to {@code limit} rows behind {@code after}, in the order of the encoded keys. */
  List<Row<K, V>> scan(byte[] prefix, byte @Nullable [] after, int limit) {
    engine.checkReadable();
    List<Row<K, V>> rows = new ArrayList<>();
    byte[] from = after;
    while (true) {
      Overlay overlay = overlay(prefix, from);
      int step = Math.min(SCAN_STEP, limit - rows.size() + 16);
      byte[] start = from;
      List<Entry> below =
          overlay.hides ? List.of() : engine.reader().read(b -> b.scan(space, prefix, start, step));
      boolean last = below.size() < step;
      TreeMap<byte[], byte[]> merged = new TreeMap<>(Arrays::compareUnsigned);
      for (Entry entry : below) {
        merged.put(entry.key(), entry.value());
      }
      // Where more entries follow below, what lies behind the last of these is for the next step.
      Map<byte[], Slot> range =
          last ? overlay.slots : overlay.slots.headMap(below.get(below.size() - 1).key(), true);
      Map<byte[], Slot> own = new TreeMap<>(Arrays::compareUnsigned);
      for (Map.Entry<byte[], Slot> change : range.entrySet()) {
        own.put(change.getKey(), change.getValue());
        merged.put(change.getKey(), NO_BYTES);
      }
      for (Map.Entry<byte[], byte[]> entry : merged.entrySet()) {
        from = entry.getKey();
        K key = decodeKey(from);
        Slot slot = own.get(from);
        V value = slot == null ? decode(key, entry.getValue()) : valueOf(key, slot);
        if (value != null) {
          rows.add(new Row<>(key, from, value));
          if (rows.size() == limit) {
            return rows;
          }
        }
      }
      if (last) {
        return rows;
      }
    }
  }

  private static final byte[] NO_BYTES = {};

  /** The changes that lie above the backend, taken <em>before</em> the backend is asked. */
  private final class Overlay {
    private final TreeMap<byte[], Slot> slots = new TreeMap<>(Arrays::compareUnsigned);
    private boolean hides;

    private void add(Collection<Slot> changes, byte[] prefix, byte @Nullable [] after) {
      for (Slot slot : changes) {
        if (startsWith(slot.key(), prefix)
            && (after == null || Arrays.compareUnsigned(slot.key(), after) > 0)) {
          slots.put(slot.key(), slot);
        }
      }
    }

    private void hideBelow() {
      hides = true;
      slots.clear();
    }
  }

  private Overlay overlay(byte[] prefix, byte @Nullable [] after) {
    Block block = engine.blockOfThisThread();
    if (block != null) {
      touchAll(block);
    }
    Overlay overlay = new Overlay();
    Layers now = layers;
    for (Layer layer : List.of(now.inFlight(), now.pending())) {
      if (layer.hides()) {
        overlay.hideBelow();
      }
      overlay.add(layer.slots().values(), prefix, after);
    }
    Block.Changes own = block == null ? null : block.changesTo(this);
    if (own != null) {
      if (own.hides) {
        overlay.hideBelow();
      }
      overlay.add(own.slots.values(), prefix, after);
    }
    return overlay;
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
