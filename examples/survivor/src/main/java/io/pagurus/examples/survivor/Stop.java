package io.pagurus.examples.survivor;

/**
 * One stop of the service.
 *
 * @param kind how it was ended
 * @param signalledAtMicros when the signal was sent: wall clock, microseconds since 1970
 * @param statedWindowMicros the loss window that the service had stated
 */
record Stop(StopKind kind, long signalledAtMicros, long statedWindowMicros) {}
