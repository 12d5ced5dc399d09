package io.pagurus.internal.engine;

import java.util.List;
import java.util.Map;

/**
 * A shutdown report as it is stored. Encoded by the default codec, so fields may be added, never
 * renamed. Causes and phases are kept by name: those of a newer version are skipped.
 *
 * @param version the commit that carries it: it is the report of the last run only while no commit
 *     follows
 * @param epoch the owner that wrote it
 * @param at milliseconds since 1970, as all times are milliseconds
 */
record StoredStop(
    long version,
    long epoch,
    String trigger,
    long at,
    String graceSource,
    long gracePeriod,
    long budget,
    Map<String, Long> phases,
    boolean released,
    long bytesSaved,
    List<String> leftOut) {}
