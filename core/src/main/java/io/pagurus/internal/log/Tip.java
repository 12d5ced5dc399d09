package io.pagurus.internal.log;

import org.jspecify.annotations.Nullable;

/**
 * What a look at the log shows, without reading its content.
 *
 * @param epoch the current epoch; who wants to own the store seals it
 * @param seal the newest seal: of {@code epoch - 1}, made by the owner of {@code epoch}; of an
 *     epoch before that when the seal is missing
 * @param newestFrame changes when the owner commits: what a lease is measured by
 */
public record Tip(long epoch, @Nullable Seal seal, String newestFrame) {}
