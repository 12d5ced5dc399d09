package io.pagurus.s3;

import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.util.Set;

/**
 * Opens stores by {@code s3:} URL. Public for {@link java.util.ServiceLoader} only; thread-safe.
 */
public final class S3BackendProvider implements BackendProvider {
  /** Called by the service loader. */
  public S3BackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("s3");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    if (request.url() == null) {
      throw new IllegalArgumentException(
          "storage-s3 needs a URL, for example s3://bucket/prefix, or S3Storage.of(client, url)");
    }
    S3Url url = S3Url.parse(request.url());
    return S3Backends.open(S3Connection.to(url), url, request);
  }
}
