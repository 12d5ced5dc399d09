package io.pagurus.internal.engine;

/**
 * What a run leaves for the case that it is killed. Encoded by the default codec, so fields may be
 * added, never renamed.
 *
 * @param epoch the owner that wrote it
 * @param lossWindow milliseconds that a kill may have cost at each commit since, at most
 */
record StoredRun(long epoch, long lossWindow) {}
