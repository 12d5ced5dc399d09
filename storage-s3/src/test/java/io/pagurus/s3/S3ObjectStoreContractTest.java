package io.pagurus.s3;

import io.pagurus.internal.log.ObjectStore;
import io.pagurus.testkit.ObjectStoreContract;
import org.jspecify.annotations.Nullable;

/** A bucket keeps the contract of an object store. */
class S3ObjectStoreContractTest extends ObjectStoreContract {
  private @Nullable String url;

  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Override
  protected ObjectStore open() {
    if (url == null) {
      url = server().newUrl();
    }
    return S3Server.open(url);
  }
}
