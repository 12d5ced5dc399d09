package io.pagurus.s3;

import io.pagurus.testkit.ProcessStopContract;

/** The stop of a process with a store in a bucket, on a server that lives on. */
class S3ProcessStopTest extends ProcessStopContract {
  private final String url = S3Server.inThisJvm().newUrl();

  @Override
  protected String url() {
    return url;
  }

  @Override
  protected String[] jvmArgs() {
    return S3Server.credentials();
  }
}
