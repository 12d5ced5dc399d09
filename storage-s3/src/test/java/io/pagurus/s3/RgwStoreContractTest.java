package io.pagurus.s3;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A store in a Ceph RGW keeps the contract of a store. */
@Tag("long")
@Timeout(1800) // a request takes it 50 ms and more
class RgwStoreContractTest extends S3StoreContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
