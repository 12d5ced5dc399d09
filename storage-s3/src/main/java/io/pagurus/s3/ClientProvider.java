package io.pagurus.s3;

import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens stores through an {@link S3Client} that belongs to the user. */
final class ClientProvider implements BackendProvider {
  private final S3Client client;
  private final S3Url url;

  ClientProvider(S3Client client, S3Url url) {
    this.client = client;
    this.url = url;
  }

  @Override
  public Set<String> schemes() {
    return Set.of();
  }

  @Override
  public StateBackend open(BackendRequest request) {
    return S3Backends.open(S3Connection.borrowed(client), url, request);
  }

  @Override
  public String toString() {
    return "S3Storage.of(S3Client, " + url.source() + ")";
  }
}
