package io.pagurus.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a backend can do, declared once.
 *
 * @param source where the state is, for people; never with credentials
 * @param maxKeyBytes the longest encoded key it takes
 * @param maxValueBytes the longest encoded value it takes
 * @param commitInterval the commit interval it recommends
 * @param survives what an acknowledged commit survives
 * @param localReads true when reads are served from memory: the engine then keeps no near cache,
 *     and reads on the caller's thread, unless {@link StateBackend#readsMayWait}
 * @param heartbeat how often an idle owner must commit so that a waiting successor sees it live, or
 *     null when the operating system proves the owner's life
 */
public record BackendInfo(
    String source,
    int maxKeyBytes,
    int maxValueBytes,
    Duration commitInterval,
    Survives survives,
    boolean localReads,
    @Nullable Duration heartbeat) {

  /** What an acknowledged commit survives. */
  public enum Survives {
    /** Nothing: the state ends with the process. */
    NOTHING,
    /** The death of the process, not a power cut. */
    PROCESS_DEATH,
    /** A power cut. */
    POWER_CUT
  }
}
