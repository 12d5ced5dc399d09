package io.pagurus.s3;

import org.junit.jupiter.api.Tag;

/** The races on a Ceph RGW. */
@Tag("long")
class RgwRaceTest extends S3RaceTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
