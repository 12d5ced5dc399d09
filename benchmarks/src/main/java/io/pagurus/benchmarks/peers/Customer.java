package io.pagurus.benchmarks.peers;

/** A record of six fields, about 200 bytes in {@link CustomerFormat}. */
public record Customer(
    String id, String name, String street, String note, long balance, boolean active) {

  /** What entry {@code i} holds after its {@code version}th change. */
  public static Customer of(int i, int version) {
    return new Customer(
        key(i),
        "Ada Lovelace the " + i + "th, version " + version,
        "Some long street name " + i + ", third floor",
        noise(4L * i) + noise(4L * i + 1) + noise(4L * i + 2) + noise(4L * i + version),
        balance(i, version),
        i % 2 == 0);
  }

  /** The {@code balance} of {@code of(i, version)}: the cheapest thing to verify. */
  public static long balance(int i, int version) {
    return i * 31L + version * 1_000_000_007L;
  }

  /** The key of entry {@code i}: 16 characters, in the order of {@code i}. */
  public static String key(int i) {
    char[] key = "customer-0000000".toCharArray();
    for (int at = key.length - 1, rest = i; rest > 0; at--, rest /= 10) {
      key[at] = (char) ('0' + rest % 10);
    }
    return new String(key);
  }

  /** 16 characters that do not compress well. */
  private static String noise(long seed) {
    long mixed = (seed + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed ^= mixed >>> 27;
    return Long.toHexString(mixed | Long.MIN_VALUE);
  }
}
