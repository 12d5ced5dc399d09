package io.pagurus;

import org.jspecify.annotations.Nullable;

/**
 * What {@link StateMap#scan} returns: entries whose key begins with {@code prefix}, in the order of
 * the encoded keys, at most {@code limit} of them, behind {@code cursor}. Immutable.
 *
 * @param prefix the beginning of the key; empty for all. Only for maps with {@code String} keys
 * @param cursor {@link Page#nextCursor()} of the page before, or null for the first page
 * @param limit the most entries in one page, 1 to 10,000
 */
public record Scan(String prefix, @Nullable String cursor, int limit) {
  public Scan {
    if (limit < 1 || limit > 10_000) {
      throw new IllegalArgumentException("limit must be 1 to 10000, was " + limit);
    }
  }

  /** All entries, 100 a page. */
  public static Scan all() {
    return new Scan("", null, 100);
  }

  /** The entries whose key begins with {@code prefix}, 100 a page. */
  public static Scan prefix(String prefix) {
    return new Scan(prefix, null, 100);
  }

  /** The same scan, behind {@code cursor}; null begins anew. */
  public Scan after(@Nullable String cursor) {
    return new Scan(prefix, cursor, limit);
  }

  /** The same scan with {@code limit} entries a page. */
  public Scan limit(int limit) {
    return new Scan(prefix, cursor, limit);
  }
}
