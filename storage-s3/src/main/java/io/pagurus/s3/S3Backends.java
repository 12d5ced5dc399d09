package io.pagurus.s3;

import io.pagurus.internal.log.LeaseTurn;
import io.pagurus.internal.log.LiveTables;
import io.pagurus.internal.log.LogBackend;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.LogStorage;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.SlotLog;
import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.nio.file.Path;
import java.time.Duration;

/** Puts the parts of one store in S3 together. */
final class S3Backends {
  private static final int HEARTBEATS_PER_LEASE = 3;
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  /** Each look of somebody who waits for an owner is two requests. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private S3Backends() {}

  /** Takes {@code connection} over, also when it fails. */
  static StateBackend open(S3Connection connection, S3Url url, BackendRequest request) {
    return open(connection, url, request, LogSettings.BUCKET);
  }

  /** As above, with other sizes. */
  static StateBackend open(
      S3Connection connection, S3Url url, BackendRequest request, LogSettings settings) {
    ObjectStore objects = null;
    LiveTables tables = null;
    try {
      tables = tables(url, request);
      objects = objects(connection, url, request);
      return new LogBackend(storage(objects, tables, url, request, settings), request);
    } catch (RuntimeException | Error e) {
      if (tables != null) {
        tables.close();
      }
      if (objects != null) {
        objects.close();
      } else {
        connection.close();
      }
      throw e;
    }
  }

  private static ObjectStore objects(S3Connection connection, S3Url url, BackendRequest request) {
    S3ObjectStore bucket = new S3ObjectStore(connection, url, url.root(request.storeName()));
    if (request.readOnly()) {
      return bucket; // nothing is created, so nothing needs to be proven
    }
    ProvenObjects proven = new ProvenObjects(bucket, url.source());
    try {
      proven.proveWhereItExists();
    } catch (RuntimeException | Error e) {
      bucket.close();
      throw e;
    }
    return proven;
  }

  private static LiveTables tables(S3Url url, BackendRequest request) {
    Path directory = url.liveDirectory();
    return directory == null
        ? LiveTables.heap()
        : LocalTables.in(directory, url.source() + "/" + request.storeName());
  }

  private static LogStorage storage(
      ObjectStore objects,
      LiveTables tables,
      S3Url url,
      BackendRequest request,
      LogSettings settings) {
    return new LogStorage(
        url.source(),
        objects,
        new SlotLog(objects),
        new LeaseTurn(BETWEEN_LOOKS),
        tables,
        BackendInfo.Survives.POWER_CUT,
        COMMIT_INTERVAL,
        request.lease().dividedBy(HEARTBEATS_PER_LEASE),
        settings);
  }
}
