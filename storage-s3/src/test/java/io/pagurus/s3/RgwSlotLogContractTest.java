package io.pagurus.s3;

import org.junit.jupiter.api.Tag;

/** A log in a Ceph RGW keeps the contract of a commit log. */
@Tag("long")
class RgwSlotLogContractTest extends S3SlotLogContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }

  /** A take-over from a busy owner takes seconds there. */
  @Override
  protected int rounds() {
    return 12;
  }
}
