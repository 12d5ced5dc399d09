package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of a workload look like. Everything about an entry follows from its number and
 * from how many times it was changed, so that each read can be verified.
 *
 * @param <V> the type of the values
 */
public interface Shape<V> {
  /** The type of the values. */
  Class<V> type();

  /** The bytes of a value, as every peer that stores bytes writes them. */
  Codec<V> format();

  /** The key of entry {@code i}: 16 characters. */
  String key(int i);

  /** What entry {@code i} holds after its {@code version}th change. */
  V of(int i, int version);

  /**
   * Makes {@code of(i, version)} out of {@code of(i, version - 1)}, in place where the type is
   * mutable.
   */
  default V changed(V was, int i, int version) {
    return of(i, version);
  }

  /** Says, as cheaply as can be, whether {@code found} is {@code of(i, version)}. */
  boolean is(int i, int version, V found);

  /** Says whether {@code found} is {@code of(i, version)} in every field. */
  default boolean equal(int i, int version, V found) {
    return of(i, version).equals(found);
  }

  /** For how long an entry lives after its last use; null: until it is removed. */
  default @Nullable Duration timeToLive() {
    return null;
  }

  /** {@code prefix} and {@code i} in digits: 16 characters, in the order of {@code i}. */
  static String key(String prefix, int i) {
    char[] key = (prefix + "0000000000000000").substring(0, 16).toCharArray();
    for (int at = key.length - 1, rest = i; rest > 0; at--, rest /= 10) {
      key[at] = (char) ('0' + rest % 10);
    }
    return new String(key);
  }

  /** 16 characters that do not compress well. */
  static String noise(long seed) {
    long mixed = (seed + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed ^= mixed >>> 27;
    return Long.toHexString(mixed | Long.MIN_VALUE);
  }
}
