package io.pagurus.s3;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** State in a Ceph RGW keeps the contract of a backend. */
@Tag("long")
@Timeout(1800) // a request takes it 50 ms and more
class RgwBackendContractTest extends S3BackendContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
