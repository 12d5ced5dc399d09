package io.pagurus.internal.log;

import io.pagurus.spi.OwnerId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * Ends an epoch, for good. Whoever created it owns the next one.
 *
 * @param storeId the store
 * @param epoch the epoch that it ends
 * @param id random; tells the maker that it was its own
 * @param owner who made it
 * @param madeAt when, by its clock
 */
public record Seal(UUID storeId, long epoch, UUID id, OwnerId owner, Instant madeAt) {
  /** As it is stored; {@code seq} is the slot it goes to, 0 where it has a file of its own. */
  public Frame toFrame(long seq) {
    Wire.Out head = new Wire.Out();
    head.id(owner.id())
        .fixed64(owner.pid())
        .text(owner.host())
        .text(owner.pidSpace())
        .time(owner.processStart())
        .time(owner.openedAt());
    return Frame.of(
        FrameKind.SEAL,
        new Frame.Identity(storeId, epoch, seq, id, Frame.NO_ID, madeAt),
        head.toByteArray(),
        Blocks.NONE);
  }

  /** Reads a verified frame of kind {@link FrameKind#SEAL}. */
  public static Seal of(Frame frame) {
    ByteBuffer head = frame.head();
    Wire.In in = new Wire.In(head);
    OwnerId owner = new OwnerId(in.id(), in.fixed64(), in.text(), in.text(), in.time(), in.time());
    Frame.Identity identity = frame.identity();
    return new Seal(
        identity.storeId(), identity.epoch(), identity.objectId(), owner, identity.time());
  }
}
