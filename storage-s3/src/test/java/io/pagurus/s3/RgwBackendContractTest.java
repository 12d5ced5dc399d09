package io.pagurus.s3;

import org.junit.jupiter.api.Tag;

/** State in a Ceph RGW keeps the contract of a backend. */
@Tag("long")
class RgwBackendContractTest extends S3BackendContractTest {
  @Override
  S3Server server() {
    return CephRgw.inThisMachine();
  }
}
