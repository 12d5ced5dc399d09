package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Customer;
import io.pagurus.benchmarks.peers.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What every entry must hold: the version of each, kept beside the store and never inside it.
 * Threads may write versions of different entries at the same time.
 */
final class Truth {
  private static final int SAMPLE = 20_000;

  private final byte[] versions;

  Truth(int entries) {
    versions = new byte[entries];
  }

  private Truth(byte[] versions) {
    this.versions = versions;
  }

  static Truth read(Path file) throws IOException {
    return new Truth(Files.readAllBytes(file));
  }

  void write(Path file) throws IOException {
    Files.write(file, versions);
  }

  int entries() {
    return versions.length;
  }

  int version(int i) {
    return versions[i];
  }

  void set(int i, int version) {
    versions[i] = (byte) version;
  }

  /** The version that no change has used so far. */
  int next() {
    int newest = 0;
    for (byte version : versions) {
      newest = Math.max(newest, version);
    }
    return newest + 1;
  }

  /** Throws unless {@code found} is, by its balance, what entry {@code i} must hold. */
  void check(int i, @Nullable Customer found) {
    if (found == null || found.balance() != Customer.balance(i, versions[i])) {
      throw wrong(i, found);
    }
  }

  /** Throws unless the number of entries is right and a sample of them is, in every field. */
  void verify(Peer peer, String after) throws Exception {
    long size = peer.size();
    if (size != versions.length) {
      throw new IllegalStateException(
          "After " + after + " there are " + size + " entries, not " + versions.length);
    }
    SplittableRandom random = new SplittableRandom(after.hashCode());
    for (int k = 0; k < SAMPLE; k++) {
      int i = random.nextInt(versions.length);
      Customer found = peer.get(Customer.key(i));
      if (!Customer.of(i, versions[i]).equals(found)) {
        throw new IllegalStateException("After " + after + ": " + wrong(i, found).getMessage());
      }
    }
  }

  private IllegalStateException wrong(int i, @Nullable Customer found) {
    return new IllegalStateException(
        "Entry " + i + " must have version " + versions[i] + ", but holds " + found);
  }
}
