package io.pagurus.internal.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that nobody else makes, derived from the random id of this owner. Thread-safe. */
final class Ids {
  private final UUID owner;
  private final AtomicLong next = new AtomicLong();

  Ids(UUID owner) {
    this.owner = owner;
  }

  UUID next() {
    ByteBuffer name = ByteBuffer.allocate(24);
    name.putLong(owner.getMostSignificantBits())
        .putLong(owner.getLeastSignificantBits())
        .putLong(next.incrementAndGet());
    return UUID.nameUUIDFromBytes(name.array());
  }
}
