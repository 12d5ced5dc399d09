package io.pagurus.internal.engine;

/**
 * What is stored about a name. Encoded by the default codec, so fields may be added, never renamed.
 *
 * @param kind the name of a {@link Kind}
 * @param space where its entries are; 1 for all plain fields
 * @param keyCodec the id of the codec of its keys, empty where there are none
 * @param valueCodec the id of the codec of its values
 * @param type the declared type when it was last changed, for messages only
 */
record CatalogEntry(String kind, int space, String keyCodec, String valueCodec, String type) {}
