package io.pagurus.internal.engine;

import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.StateException;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.codec.ValueCodec;
import io.pagurus.spi.Change;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store knows of its runs: entries in a space of their own that go along with commits, so
 * that every backend has them. {@link #previous} is called by whoever opens; the rest by the
 * committer only.
 *
 * <p>Two entries. The <em>stop</em> is part of the last commits of a run. It says which commit
 * carries it, so one that a later run left behind is never taken for that run's. The <em>run</em>
 * is part of the first commit of an owner, and of a later one when the loss window has changed
 * much: it is all that there is after a kill.
 */
final class RunLog {
  /** The space of these entries; the catalog gives out spaces from 16 on. */
  static final int SPACE = 2;

  private static final byte[] STOP = "stop".getBytes(StandardCharsets.UTF_8);
  private static final byte[] RUN = "run".getBytes(StandardCharsets.UTF_8);

  private static final Codecs CODECS = new Codecs(null, Set.of());
  private static final ValueCodec<StoredStop> STOPS = CODECS.values(StoredStop.class);
  private static final ValueCodec<StoredRun> RUNS = CODECS.values(StoredRun.class);

  private static final Logger log = LoggerFactory.getLogger(RunLog.class);

  private final String store;

  /** What {@link #RUN} holds since the last commit, or null. */
  private @Nullable StoredRun written;

  RunLog(String store) {
    this.store = store;
  }

  /** Does once what is slow the first time: the JSON library starts, and is used both ways. */
  static void prepare() {
    RUNS.decode(RUNS.encode(new StoredRun(0, 0)));
  }

  // ---- of this run ------------------------------------------------------------------------------

  /** What the next commit has to say of this run: mostly nothing. */
  List<Change> toCommit(long epoch, Duration lossWindow) {
    StoredRun last = written;
    long millis = lossWindow.toMillis();
    if (last != null && last.epoch() == epoch && fits(last.lossWindow(), millis)) {
      return List.of();
    }
    return List.of(run(new StoredRun(epoch, roundUp(millis))));
  }

  /** What a commit has to say that replaces everything. */
  List<Change> toRestore(long epoch, Duration lossWindow) {
    return List.of(run(new StoredRun(epoch, roundUp(lossWindow.toMillis()))));
  }

  private Change run(StoredRun run) {
    written = run;
    return new Change(SPACE, RUN, RUNS.encode(run));
  }

  /** A bound that holds, and is not far off. */
  private static boolean fits(long bound, long millis) {
    return millis <= bound && bound <= Math.max(8, 8 * millis);
  }

  private static long roundUp(long millis) {
    return millis <= 1 ? 2 : Math.min(Long.highestOneBit(millis) * 2, Long.MAX_VALUE / 16);
  }

  /**
   * The report of this run, as part of commit {@code version}.
   *
   * @param bytes what the last commit saves
   * @param problem what is left out beside what the report knows, or null
   */
  Change stop(
      ShutdownReport report, long epoch, long version, long bytes, @Nullable String problem) {
    Map<String, Long> phases = new TreeMap<>();
    report.phases().forEach((phase, took) -> phases.put(phase.name(), took.toMillis()));
    StoredStop stop =
        new StoredStop(
            version,
            epoch,
            report.trigger().name(),
            report.at().toEpochMilli(),
            report.graceSource(),
            report.gracePeriod().toMillis(),
            report.budget().toMillis(),
            phases,
            report.released(),
            bytes,
            Stream.concat(report.leftOut().stream(), Stream.ofNullable(problem)).toList());
    return new Change(SPACE, STOP, STOPS.encode(stop));
  }

  // ---- of the one before ------------------------------------------------------------------------

  /**
   * How the run before ended.
   *
   * @param backend what was opened, not yet used by others
   * @param head what was acquired
   * @param ownerBefore the epoch that was the newest before
   */
  ShutdownReport previous(StateBackend backend, StoreHead head, long ownerBefore) {
    StoredStop stop = read(backend, STOP, STOPS);
    if (stop != null
        && stop.version() == head.version()
        && (head.released() ? stop.released() : stop.epoch() == ownerBefore)) {
      return toReport(stop, head.released());
    }
    StoredRun run = read(backend, RUN, RUNS);
    return unknown(
        head.released(),
        run == null || run.epoch() != ownerBefore || head.released()
            ? Duration.ZERO
            : Duration.ofMillis(run.lossWindow()));
  }

  private <T> @Nullable T read(StateBackend backend, byte[] key, ValueCodec<T> codec) {
    try {
      byte[] bytes = backend.get(SPACE, key);
      return bytes == null ? null : codec.decode(bytes);
    } catch (StateException e) {
      log.warn(
          "Store '{}': what the run before said of its end cannot be read; the state is not"
              + " concerned.",
          store,
          e);
      return null;
    }
  }

  /** It is found on storage, so what was saved with it is, too. */
  private ShutdownReport toReport(StoredStop stop, boolean released) {
    Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      Long millis = stop.phases().get(phase.name());
      if (millis != null) {
        phases.put(phase, Duration.ofMillis(millis));
      }
    }
    Trigger trigger =
        Stream.of(Trigger.values())
            .filter(known -> known.name().equals(stop.trigger()))
            .findFirst()
            .orElse(Trigger.UNKNOWN);
    return new ShutdownReport(
        store,
        trigger,
        Instant.ofEpochMilli(stop.at()),
        stop.graceSource(),
        Duration.ofMillis(stop.gracePeriod()),
        Duration.ofMillis(stop.budget()),
        phases,
        true,
        released,
        stop.bytesSaved(),
        stop.leftOut(),
        Duration.ZERO);
  }

  private ShutdownReport unknown(boolean released, Duration lossWindow) {
    return new ShutdownReport(
        store,
        Trigger.UNKNOWN,
        Instant.EPOCH,
        "",
        Duration.ZERO,
        Duration.ZERO,
        Map.of(),
        released,
        released,
        0,
        List.of(),
        lossWindow);
  }
}
