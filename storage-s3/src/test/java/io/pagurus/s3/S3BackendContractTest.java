package io.pagurus.s3;

import static java.util.Objects.requireNonNull;

import io.pagurus.spi.BackendProvider;
import io.pagurus.testkit.StateBackendContract;
import org.jspecify.annotations.Nullable;

/** State in a bucket keeps the contract of a backend. */
class S3BackendContractTest extends StateBackendContract {
  private @Nullable String url;

  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Override
  protected BackendProvider storage() {
    url = server().newUrl();
    return new S3BackendProvider();
  }

  @Override
  protected String url() {
    return requireNonNull(url);
  }
}
