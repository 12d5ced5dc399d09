package io.pagurus.s3;

import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.testkit.CommitLogContract;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log in a bucket keeps the contract of a commit log. */
class S3SlotLogContractTest extends CommitLogContract {
  private final List<S3ObjectStore> opened = new ArrayList<>();
  private @Nullable String url;

  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Override
  protected CommitLog open() {
    if (url == null) {
      url = server().newUrl();
    }
    S3ObjectStore objects = S3Server.open(url);
    opened.add(objects);
    return new SlotLog(objects);
  }

  /** The server walks through all objects for each listing. */
  @Override
  protected int rounds() {
    return 40;
  }

  @Override
  protected void discardPlace() {
    opened.forEach(S3ObjectStore::close);
  }
}
