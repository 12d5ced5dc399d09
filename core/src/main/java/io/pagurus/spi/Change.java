package io.pagurus.spi;

import org.jspecify.annotations.Nullable;

/**
 * One entry set or removed by a commit. The arrays are shared, nobody changes them.
 *
 * @param space the number of the map the entry is in
 * @param key the encoded key
 * @param value the encoded value, or null to remove the entry
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, passed on as they are
public record Change(int space, byte[] key, byte @Nullable [] value) {}
