package io.pagurus.s3;

import static java.util.Objects.requireNonNull;

import io.pagurus.spi.BackendProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** State in a bucket that the application has its own client for. Thread-safe. */
public final class S3Storage {
  private S3Storage() {}

  /**
   * Keeps state where {@code url} says, through {@code client}. Hand the result to {@code
   * StateStoreBuilder.backend}.
   *
   * <p>The client is never closed, must outlive the store, and should be made as docs/s3.md says:
   * an HTTP client with at least 32 connections, and, for servers that are not AWS, {@code
   * chunkedEncodingEnabled(false)} and checksums {@code WHEN_REQUIRED}. It may not be based on the
   * CRT. Each call gets timeouts of its own, whatever the client says. Metric publishers of the
   * client see the calls.
   *
   * @param client a synchronous client
   * @param url {@code s3://bucket/prefix}, with the options {@code sse} and {@code sseKmsKeyId} if
   *     any; how to connect is the business of the client
   * @return a provider for any number of stores; it does no I/O before it is used
   * @throws IllegalArgumentException for a URL that it cannot read, or with options about the
   *     connection
   */
  public static BackendProvider of(S3Client client, String url) {
    S3Url place = S3Url.parse(requireNonNull(url, "url"));
    if (place.region() != null || place.endpoint() != null || place.pathStyle()) {
      throw new IllegalArgumentException(
          "The options region, endpoint and pathStyle of the URL say how to connect, which the"
              + " given client knows: set them there, and leave them out of the URL.");
    }
    return new ClientProvider(requireNonNull(client, "client"), place);
  }
}
