package io.pagurus.internal.log;

/**
 * One object as a listing shows it.
 *
 * @param key its key
 * @param length its length in bytes
 */
public record ObjectInfo(String key, long length) {}
