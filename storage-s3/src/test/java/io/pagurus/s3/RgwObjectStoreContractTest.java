package io.pagurus.s3;

import org.junit.jupiter.api.Tag;

/** A bucket of a Ceph RGW keeps the contract of an object store. */
@Tag("long")
class RgwObjectStoreContractTest extends S3ObjectStoreContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
