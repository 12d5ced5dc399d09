package io.pagurus.benchmarks;

import io.pagurus.benchmarks.peers.Peer;
import io.pagurus.benchmarks.peers.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What every entry must hold: the version of each, kept beside the store and never inside it.
 * Threads may write versions of different entries at the same time.
 */
final class Truth<V> {
  private static final int SAMPLE = 20_000;

  private final Shape<V> shape;
  private final short[] versions;

  Truth(Shape<V> shape, int entries) {
    this.shape = shape;
    versions = new short[entries];
  }

  static <V> Truth<V> read(Shape<V> shape, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    Truth<V> truth = new Truth<>(shape, bytes.remaining() / Short.BYTES);
    bytes.asShortBuffer().get(truth.versions);
    return truth;
  }

  void write(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(versions.length * Short.BYTES);
    bytes.asShortBuffer().put(versions);
    Files.write(file, bytes.array());
  }

  Shape<V> shape() {
    return shape;
  }

  int entries() {
    return versions.length;
  }

  int version(int i) {
    return versions[i];
  }

  void set(int i, int version) {
    if (version > Short.MAX_VALUE) {
      throw new IllegalStateException("Entry " + i + " was changed too often to be counted");
    }
    versions[i] = (short) version;
  }

  /** The version that no change has used so far. */
  int next() {
    int newest = 0;
    for (short version : versions) {
      newest = Math.max(newest, version);
    }
    return newest + 1;
  }

  /** Throws unless {@code found} is, at a glance, what entry {@code i} must hold. */
  void check(int i, @Nullable V found) {
    if (found == null || !shape.is(i, versions[i], found)) {
      throw wrong("", i, found);
    }
  }

  /** Throws unless the number of entries is right and a sample of them is, in every field. */
  void verify(Peer<V> peer, String after) throws Exception {
    long size = peer.size();
    if (size != versions.length) {
      throw new IllegalStateException(
          "After " + after + " there are " + size + " entries, not " + versions.length);
    }
    SplittableRandom random = new SplittableRandom(after.hashCode());
    for (int k = Math.min(SAMPLE, versions.length); k > 0; k--) {
      int i = random.nextInt(versions.length);
      V found = peer.get(shape.key(i));
      if (found == null || !shape.equal(i, versions[i], found)) {
        throw wrong("After " + after + ": ", i, found);
      }
    }
  }

  private IllegalStateException wrong(String when, int i, @Nullable V found) {
    return new IllegalStateException(
        when + "entry " + i + " must have version " + versions[i] + ", but holds " + found);
  }
}
