package io.pagurus.benchmarks.peers;

import java.nio.file.Path;

/**
 * Where a peer keeps what.
 *
 * @param directory is there, and is empty at first
 * @param shape what the entries look like
 * @param entries how many there will be
 * @param synced whether durable puts are what it is opened for: some peers must know beforehand
 */
public record Site<V>(Path directory, Shape<V> shape, int entries, boolean synced) {
  /** Bytes of an encoded value. */
  int valueBytes() {
    return shape.format().encode(shape.of(entries - 1, 0)).length;
  }
}
