package io.pagurus.examples.survivor;

/**
 * One stop of the service.
 *
 * @param kind how it was ended
 * @param signalledAtMicros when the signal was sent: wall clock, microseconds since 1970
 * @param statedWindowMicros the largest loss window that the service had stated in this life
 * @param silentMicros how long before the signal it stated one for the last time. A window is that
 *     of its moment: when storage hangs, it grows by as much as time passes
 */
record Stop(StopKind kind, long signalledAtMicros, long statedWindowMicros, long silentMicros) {
  /** What a kill may cost. */
  long allowedMicros() {
    return statedWindowMicros + silentMicros;
  }
}
