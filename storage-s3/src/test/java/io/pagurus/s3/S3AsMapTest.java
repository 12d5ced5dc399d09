package io.pagurus.s3;

import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.AsMapSuite;

/** Guava's suite for maps on a bucket. */
class S3AsMapTest extends AsMapSuite {
  @Override
  protected StateStoreBuilder builder() {
    return StateStore.builder().url(S3Server.inThisJvm().newUrl());
  }
}
