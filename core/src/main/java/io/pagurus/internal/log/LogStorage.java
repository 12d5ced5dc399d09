package io.pagurus.internal.log;

import io.pagurus.spi.BackendInfo;
import io.pagurus.spi.StoragePlace;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a storage brings so that a {@link LogBackend} can run on it. All of it is closed with the
 * backend.
 *
 * @param source where the state is, for people; never with credentials
 * @param objects segments and the format file
 * @param log the commits
 * @param turn how long to wait for a living owner
 * @param tables where entries are served from
 * @param survives what an acknowledged commit survives
 * @param commitInterval the commit interval to recommend
 * @param heartbeat how often an idle owner must commit, or null
 * @param settings sizes and times
 * @param place where the state is; asked once
 */
public record LogStorage(
    String source,
    ObjectStore objects,
    CommitLog log,
    Turn turn,
    LiveTables tables,
    BackendInfo.Survives survives,
    Duration commitInterval,
    @Nullable Duration heartbeat,
    LogSettings settings,
    Supplier<StoragePlace> place) {

  /** As above; nothing is known of the place. */
  public LogStorage(
      String source,
      ObjectStore objects,
      CommitLog log,
      Turn turn,
      LiveTables tables,
      BackendInfo.Survives survives,
      Duration commitInterval,
      @Nullable Duration heartbeat,
      LogSettings settings) {
    this(
        source,
        objects,
        log,
        turn,
        tables,
        survives,
        commitInterval,
        heartbeat,
        settings,
        () -> StoragePlace.ELSEWHERE);
  }
}
