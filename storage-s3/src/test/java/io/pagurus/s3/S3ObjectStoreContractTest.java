package io.pagurus.s3;

import io.pagurus.internal.log.ObjectStore;
import io.pagurus.testkit.ObjectStoreContract;
import org.jspecify.annotations.Nullable;

/** A bucket keeps the contract of an object store. */
class S3ObjectStoreContractTest extends ObjectStoreContract {
  private @Nullable String url;

  @Override
  protected ObjectStore open() {
    if (url == null) {
      url = S3Server.inThisJvm().newUrl();
    }
    return S3Server.open(url);
  }
}
