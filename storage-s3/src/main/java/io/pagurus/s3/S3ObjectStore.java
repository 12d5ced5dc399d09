package io.pagurus.s3;

import io.pagurus.StorageUsage;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.CommitLog;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectKeys;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in a bucket, below one prefix. Thread-safe.
 *
 * <h2>What a PUT comes to</h2>
 *
 * <p>The SDK repeats a failed attempt by itself, so the answer to the last one is not the answer to
 * the call. A 412 may mean that an earlier attempt of the same call made the object
 * (aws-sdk-java-v2#6580): {@link PutResult.Exists} says only that it is there, and the log looks
 * whose it is. A refusal (throttled, forbidden) is {@link PutResult.NotCreated} only if no earlier
 * attempt can have landed, see {@link Attempts}; else it is {@link PutResult.Unknown}.
 */
final class S3ObjectStore implements ObjectStore {
  private static final int MOST_LISTED_AT_ONCE = 1000;
  private static final int CONFLICT_TRIES = 8;
  private static final long CONFLICT_PAUSE_NANOS = 10_000_000;
  private static final String OCTETS = "application/octet-stream";

  private final S3Connection connection;
  private final S3Url url;
  private final String root;
  private final List<MetricPublisher> publishers;
  private final Meter meter = new Meter();
  private final RangeReader reader;

  /** Takes {@code connection} over; {@code root} ends with a slash. */
  S3ObjectStore(S3Connection connection, S3Url url, String root) {
    this.connection = connection;
    this.url = url;
    this.root = root;
    this.publishers =
        connection.client().serviceClientConfiguration().overrideConfiguration().metricPublishers();
    this.reader = new RangeReader(this::getRange);
  }

  private String name(String key) {
    return root + ObjectKeys.checked(key);
  }

  /** For messages. */
  private String describe(String what, String name) {
    return what
        + " s3://"
        + url.bucket()
        + "/"
        + name
        + (url.endpoint() == null ? "" : " at " + url.endpoint());
  }

  private AwsRequestOverrideConfiguration settings(Attempts attempts, long bytes) {
    Timeouts timeouts = connection.timeouts();
    AwsRequestOverrideConfiguration.Builder settings =
        AwsRequestOverrideConfiguration.builder()
            .apiCallAttemptTimeout(timeouts.attempt(bytes))
            .apiCallTimeout(timeouts.call(bytes))
            .addMetricPublisher(attempts);
    publishers.forEach(settings::addMetricPublisher);
    return settings.build();
  }

  // ---- creating -------------------------------------------------------------------------------

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    String name = name(key);
    boolean unclear = false;
    for (int tries = 1; ; tries++) {
      Attempts attempts = new Attempts();
      Failure failure = put(name, attempts, data);
      if (failure == null) {
        return new PutResult.Created();
      }
      unclear |= attempts.earlierMayHaveLanded();
      StoreUnavailableException cause = failure.unavailable(describe("PUT", name));
      switch (failure.meaning()) {
        case EXISTS -> {
          return new PutResult.Exists();
        }
        case CONFLICT -> { // somebody else is creating it right now: it is clear in a moment
          unclear = true;
          if (tries == CONFLICT_TRIES) {
            return new PutResult.Unknown(cause);
          }
          pause(tries);
        }
        case REFUSED, NOT_FOUND -> {
          return unclear ? new PutResult.Unknown(cause) : new PutResult.NotCreated(cause);
        }
        case UNKNOWN, OUT_OF_RANGE -> {
          // The time may have run out between two attempts that were both throttled.
          return unclear || !attempts.noneMayHaveLanded()
              ? new PutResult.Unknown(cause)
              : new PutResult.NotCreated(cause);
        }
      }
    }
  }

  private static void pause(int tries) {
    long most = CONFLICT_PAUSE_NANOS << Math.min(tries, 5);
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
  }

  /** Null when it was created. */
  private @Nullable Failure put(String name, Attempts attempts, ByteBuffer... data) {
    long length = CommitLog.length(data);
    S3Url.Encryption encryption = url.encryption();
    RequestBody body =
        RequestBody.fromContentProvider(() -> new BufferStream(data), length, OCTETS);
    try {
      PutObjectResponse answer =
          connection
              .client()
              .putObject(
                  put ->
                      put.bucket(url.bucket())
                          .key(name)
                          .ifNoneMatch("*")
                          .contentLength(length)
                          .contentType(OCTETS)
                          .serverSideEncryption(encryption.algorithm())
                          .ssekmsKeyId(encryption.kmsKeyId())
                          .overrideConfiguration(settings(attempts, length)),
                  body);
      return answer.eTag() == null ? Failure.of(notFromS3()) : null;
    } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
      return Failure.of(e);
    } finally {
      meter.count(Meter.Kind.PUT, attempts.count(), length * attempts.count(), 0);
    }
  }

  /** Something in between answered, or the server made an error of what began as a success. */
  private static RuntimeException notFromS3() {
    return new IllegalStateException("It was answered with success but without an ETag");
  }

  // ---- reading --------------------------------------------------------------------------------

  @Override
  public byte[] get(String key, long offset, int length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(length + " bytes from " + offset);
    }
    String name = name(key);
    try {
      return reader.read(name, offset, length);
    } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
      Failure failure = Failure.of(e);
      if (failure.meaning() == Failure.Meaning.NOT_FOUND) {
        throw new ObjectNotFoundException(key);
      }
      throw failure.unavailable(describe("GET", name));
    }
  }

  /** One request. */
  private void getRange(String name, long offset, int length, RangeReader.Answer answer) {
    Attempts attempts = new Attempts();
    try {
      connection
          .client()
          .getObject(
              get ->
                  get.bucket(url.bucket())
                      .key(name)
                      .range("bytes=" + offset + "-" + (offset + length - 1))
                      .overrideConfiguration(settings(attempts, length)),
              answer);
    } finally {
      meter.count(Meter.Kind.GET, attempts.count(), 0, answer.bytesRead());
    }
  }

  // ---- listing --------------------------------------------------------------------------------

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    List<ObjectInfo> found = new ArrayList<>();
    String after = startAfter;
    boolean more = max > 0;
    while (more) {
      ListObjectsV2Response page = page(prefix, after, max - found.size());
      String before = after;
      for (S3Object object : page.contents()) {
        String key = object.key().substring(Math.min(root.length(), object.key().length()));
        if (!object.key().startsWith(root + prefix)
            || (after != null && key.compareTo(after) <= 0)) {
          throw unordered(object.key());
        }
        after = key;
        found.add(new ObjectInfo(key, object.size()));
      }
      boolean truncated = Boolean.TRUE.equals(page.isTruncated());
      more = truncated && found.size() < max;
      if (more && Objects.equals(before, after)) {
        throw unordered("nothing");
      }
    }
    return found;
  }

  private ListObjectsV2Response page(String prefix, @Nullable String after, int max) {
    Attempts attempts = new Attempts();
    String begin = root + prefix;
    try {
      return connection
          .client()
          .listObjectsV2(
              list ->
                  list.bucket(url.bucket())
                      .prefix(begin)
                      .startAfter(after == null ? null : root + after)
                      .maxKeys(Math.min(max, MOST_LISTED_AT_ONCE))
                      .overrideConfiguration(settings(attempts, 0)));
    } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
      throw Failure.of(e).unavailable(describe("LIST of", begin));
    } finally {
      meter.count(Meter.Kind.LIST, attempts.count(), 0, 0);
    }
  }

  private StoreUnavailableException unordered(String what) {
    return new StoreUnavailableException(
        describe("LIST of", root)
            + " showed "
            + what
            + " where a key behind the last one was due. The server does not list in the order of"
            + " keys, so the newest commit cannot be found there; use another one.");
  }

  // ---- deleting -------------------------------------------------------------------------------

  @Override
  public void delete(String key) {
    String name = name(key);
    Attempts attempts = new Attempts();
    try {
      connection
          .client()
          .deleteObject(
              delete ->
                  delete
                      .bucket(url.bucket())
                      .key(name)
                      .overrideConfiguration(settings(attempts, 0)));
    } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
      Failure failure = Failure.of(e);
      if (failure.meaning() != Failure.Meaning.NOT_FOUND) {
        throw failure.unavailable(describe("DELETE", name));
      }
    } finally {
      meter.count(Meter.Kind.DELETE, attempts.count(), 0, 0);
    }
  }

  @Override
  public StorageUsage usage() {
    return meter.usage();
  }

  @Override
  public void close() {
    reader.close();
    connection.close();
  }
}
