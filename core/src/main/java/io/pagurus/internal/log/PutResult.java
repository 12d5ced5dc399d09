package io.pagurus.internal.log;

/** What became of {@link ObjectStore#putIfAbsent}. */
public sealed interface PutResult {
  /** The object is there, durable, and this call made it. */
  record Created() implements PutResult {}

  /** An object of that name was there. It may be the work of an earlier try of the caller. */
  record Exists() implements PutResult {}

  /**
   * It may or may not have been created: send the same bytes again until the answer is another one.
   *
   * @param cause what went wrong
   */
  record Unknown(Throwable cause) implements PutResult {}

  /**
   * It was certainly not created, because of the storage (full, read-only, throttled, forbidden).
   *
   * @param cause what went wrong
   */
  record NotCreated(Throwable cause) implements PutResult {}
}
