package io.pagurus.internal.engine;

import io.pagurus.IncompatibleStateException;
import io.pagurus.spi.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The names of a store and what they stand for. Thread-safe.
 *
 * <p>It is itself a table, in space 0, and its changes go with the commits like all others. It only
 * grows: a commit that restores carries the names of now, also those that the checkpoint did not
 * know. So each commit knows all names of all commits before it, and a space never stands for two
 * names.
 */
final class Catalog {
  /** The space of the catalog itself. */
  static final int CATALOG_SPACE = 0;

  /** The space of all plain fields; the key is the name. */
  static final int FIELD_SPACE = 1;

  /** Of a name that is read only and stands for nothing: never asked for. */
  private static final int NO_SPACE = -1;

  private static final int FIRST_FREE_SPACE = 16;
  private static final int PAGE = 1000;

  private final Engine engine;
  private final Table<String, CatalogEntry> table;
  private final Map<String, CatalogEntry> names = new ConcurrentHashMap<>();
  private final AtomicInteger nextSpace = new AtomicInteger(FIRST_FREE_SPACE);

  Catalog(Engine engine, Table<String, CatalogEntry> table) {
    this.engine = engine;
    this.table = table;
  }

  /** Reads what is stored. */
  void load() {
    byte[] after = null;
    List<Table.Row<String, CatalogEntry>> rows;
    do {
      rows = table.scan(new byte[0], after, PAGE);
      for (Table.Row<String, CatalogEntry> row : rows) {
        names.put(row.key(), row.value());
        nextSpace.accumulateAndGet(row.value().space() + 1, Math::max);
        after = row.keyBytes();
      }
    } while (rows.size() == PAGE);
  }

  /** All names, to be written along with a restore. */
  synchronized List<Change> asChanges() {
    List<Change> changes = new ArrayList<>(names.size());
    names.forEach(
        (name, entry) -> {
          Slot slot = table.slot(name, entry);
          changes.add(new Change(CATALOG_SPACE, slot.key(), slot.bytes()));
        });
    return changes;
  }

  /** Whether storage may have something under the name. */
  record Defined(CatalogEntry entry, boolean existed) {}

  /**
   * Makes {@code name} stand for state of these types, or checks that it does. In a store that is
   * read only a new name stands for nothing, and is not stored.
   *
   * @throws IllegalArgumentException when it stands for another kind of state
   * @throws IncompatibleStateException when it was written with other codecs
   */
  Defined define(String name, Kind kind, String keyCodec, String valueCodec, String type) {
    CatalogEntry known = names.get(name);
    CatalogEntry entry = known != null ? known : add(name, kind, keyCodec, valueCodec, type);
    if (!entry.kind().equals(kind.name())) {
      throw new IllegalArgumentException(
          engine.where(name)
              + ": the name stands for a "
              + entry.kind().toLowerCase(Locale.ROOT)
              + " already and cannot be a "
              + kind.name().toLowerCase(Locale.ROOT)
              + " too. Choose another name.");
    }
    if (!entry.keyCodec().equals(keyCodec) || !entry.valueCodec().equals(valueCodec)) {
      throw new IncompatibleStateException(
          engine.where(name)
              + ": it was written as "
              + entry.type()
              + " (keys "
              + printable(entry.keyCodec())
              + ", values "
              + entry.valueCodec()
              + ") and is now declared as "
              + type
              + " (keys "
              + printable(keyCodec)
              + ", values "
              + valueCodec
              + "). Nothing was changed. Declare the stored types, or use another name and copy.");
    }
    return new Defined(entry, known != null && entry.space() != NO_SPACE);
  }

  /** Under the monitor, so that a restore writes a new name or comes before it. */
  private synchronized CatalogEntry add(
      String name, Kind kind, String keyCodec, String valueCodec, String type) {
    CatalogEntry known = names.get(name);
    if (known != null) {
      return known;
    }
    if (engine.isReadOnly()) {
      CatalogEntry nothing = new CatalogEntry(kind.name(), NO_SPACE, keyCodec, valueCodec, type);
      names.put(name, nothing);
      return nothing;
    }
    int space = kind == Kind.FIELD ? FIELD_SPACE : nextSpace.getAndIncrement();
    CatalogEntry made = new CatalogEntry(kind.name(), space, keyCodec, valueCodec, type);
    table.putBesideBlocks(name, table.slot(name, made));
    names.put(name, made);
    return made;
  }

  /** The type a name was declared with when it was made, for messages. */
  String storedTypeOf(String name) {
    CatalogEntry entry = names.get(name);
    return entry == null ? "an unknown type" : entry.type();
  }

  private static String printable(String codec) {
    return codec.isEmpty() ? "none" : codec;
  }
}
