package io.pagurus.internal.log;

/**
 * One finding: bytes that were read completely and failed verification, or a name that a verified
 * object refers to and the storage does not show.
 *
 * @param object the key of the object
 * @param offset where in the object, in bytes; -1 for the whole of it
 * @param what what is wrong with it, for people
 */
public record Damage(String object, long offset, String what) {
  @Override
  public String toString() {
    return object + (offset < 0 ? "" : " at byte " + offset) + ": " + what;
  }
}
