package io.pagurus.s3;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * A client and what has to be closed with it.
 *
 * @param client the client
 * @param timeouts bounds of its calls
 * @param owned what {@link #close} closes, in this order
 */
record S3Connection(S3Client client, Timeouts timeouts, List<SdkAutoCloseable> owned)
    implements AutoCloseable {
  /** The parts of one object at once, and a few others beside. */
  static final int PARALLEL_READS = 16;

  private static final int CONNECTIONS = 2 * PARALLEL_READS;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Servers close what is idle: it is rather not used than found closed. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

  /** Connects as {@code url} says; no I/O but to find the region. */
  static S3Connection to(S3Url url) {
    return to(url, Timeouts.DEFAULT, null);
  }

  /** As above, with other timeouts, and credentials that are not looked for (for tests). */
  static S3Connection to(
      S3Url url, Timeouts timeouts, @Nullable AwsCredentialsProvider givenCredentials) {
    Region region = region(url);
    SdkHttpClient http =
        Apache5HttpClient.builder()
            .maxConnections(CONNECTIONS)
            .connectionTimeout(CONNECT_TIMEOUT)
            .connectionAcquisitionTimeout(timeouts.attempt(0))
            .socketTimeout(timeouts.attempt(0))
            .connectionMaxIdleTime(LONGEST_IDLE)
            .tcpKeepAlive(true)
            .expectContinueEnabled(false) // a commit is one round trip
            .build();
    DefaultCredentialsProvider found =
        givenCredentials == null ? DefaultCredentialsProvider.builder().build() : null;
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClient(http)
            .region(region)
            .credentialsProvider(found == null ? givenCredentials : found)
            .forcePathStyle(url.pathStyle())
            .crossRegionAccessEnabled(false)
            // Blocks and frames carry their own checksums, and some servers refuse trailers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .overrideConfiguration(all -> all.retryStrategy(RetryMode.STANDARD));
    if (url.endpoint() != null) {
      builder.endpointOverride(url.endpoint());
    }
    S3Client client = builder.build();
    return new S3Connection(
        client, timeouts, found == null ? List.of(client, http) : List.of(client, http, found));
  }

  /** A client that stays open. */
  static S3Connection borrowed(S3Client client) {
    return new S3Connection(client, Timeouts.DEFAULT, List.of());
  }

  private static Region region(S3Url url) {
    if (url.region() != null) {
      return Region.of(url.region());
    }
    try {
      return new DefaultAwsRegionProviderChain().getRegion();
    } catch (SdkClientException e) {
      throw new IllegalArgumentException(
          "There is no region for "
              + url.source()
              + ". Add ?region=, or set AWS_REGION or the region of the AWS profile. A server that"
              + " is not AWS takes any, for example region=us-east-1.",
          e);
    }
  }

  @Override
  public void close() {
    owned.forEach(SdkAutoCloseable::close);
  }
}
