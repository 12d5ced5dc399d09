package io.pagurus.s3;

import org.junit.jupiter.api.Tag;

/** A store in a Ceph RGW keeps the contract of a store. */
@Tag("long")
class RgwStoreContractTest extends S3StoreContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
