/**
 * The log-structured engine: a {@link io.pagurus.spi.StateBackend} over write-once objects and an
 * ordered, fenced log of commits. Files and buckets share it; they bring an {@link
 * io.pagurus.internal.log.ObjectStore} and a {@link io.pagurus.internal.log.CommitLog}.
 *
 * <h2>What is where</h2>
 *
 * <pre>
 * FORMAT               magic, version, id of the store
 * c/...                the log: commits in order, seals between epochs
 * s/{epoch}/{uuid}     segments: sorted entries of one hash partition
 * </pre>
 *
 * <p>The state is an {@link io.pagurus.internal.log.Image}: one base segment per partition, and the
 * ranges of the log that are applied over them. A checkpoint is an image that is kept.
 */
@NullMarked
package io.pagurus.internal.log;

import org.jspecify.annotations.NullMarked;
