package io.pagurus.internal.log.model;

import java.util.Arrays;

/**
 * Small numbers in the bits of a few longs. One method of a state names its fields one after the
 * other, {@code x = packed.field(x, 3)}, and serves both directions: writing keeps the value,
 * reading gives the stored one.
 */
final class Packed {
  private static final int MOST_WORDS = 16;

  private final long[] words = new long[MOST_WORDS];
  private int bit;
  private boolean reading;

  Packed toWrite() {
    Arrays.fill(words, 0);
    bit = 0;
    reading = false;
    return this;
  }

  Packed toRead() {
    bit = 0;
    reading = true;
    return this;
  }

  int field(int value, int bits) {
    if ((bit & 63) + bits > Long.SIZE) {
      bit = (bit + 63) & ~63;
    }
    int word = bit >> 6;
    int shift = bit & 63;
    bit += bits;
    long mask = (1L << bits) - 1;
    if (reading) {
      return (int) (words[word] >>> shift & mask);
    }
    if ((value & ~mask) != 0) {
      throw new IllegalArgumentException(value + " does not fit into " + bits + " bits");
    }
    words[word] |= (long) value << shift;
    return value;
  }

  void fields(int[] values, int bits) {
    for (int i = 0; i < values.length; i++) {
      values[i] = field(values[i], bits);
    }
  }

  @SuppressWarnings("EnumOrdinal")
  <E extends Enum<E>> void fields(E[] values, E[] all, int bits) {
    for (int i = 0; i < values.length; i++) {
      values[i] = all[field(values[i].ordinal(), bits)];
    }
  }

  /** The longs that the fields since {@link #toWrite} take. */
  int width() {
    return (bit + 63) >> 6;
  }

  long[] words() {
    return words;
  }
}
