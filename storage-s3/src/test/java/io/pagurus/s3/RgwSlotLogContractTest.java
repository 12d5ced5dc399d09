package io.pagurus.s3;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A log in a Ceph RGW keeps the contract of a commit log. */
@Tag("long")
@Timeout(1800) // a request takes it 50 ms and more
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
