package io.pagurus.spi;

/**
 * One stored entry. The arrays are shared, nobody changes them.
 *
 * @param key the encoded key
 * @param value the encoded value
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, passed on as they are
public record Entry(byte[] key, byte[] value) {}
