package io.pagurus.s3;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.StateStoreContract;

/** A store in a bucket keeps the contract of a store. */
class S3StoreContractTest extends StateStoreContract {
  private final String url = S3Server.inThisJvm().newUrl();

  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url(url);
  }
}
