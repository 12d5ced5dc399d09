package io.pagurus.s3;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.StateStoreContract;
import org.jspecify.annotations.Nullable;

/** A store in a bucket keeps the contract of a store. */
class S3StoreContractTest extends StateStoreContract {
  private @Nullable String url;

  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Override
  protected StateStoreBuilder builder() {
    synchronized (this) {
      if (url == null) {
        url = server().newUrl();
      }
      return StateStore.builder().url(url);
    }
  }
}
