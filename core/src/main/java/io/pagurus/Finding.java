package io.pagurus;

/**
 * Something about the surroundings of a store that makes a promise worthless or expensive, found by
 * the doctor at start or by the committer while it runs. Immutable.
 *
 * @param id a stable name, such as {@code sigterm-not-caught}, to look it up in docs/containers.md
 *     and to accept it with {@link StateStoreBuilder#doctorAccepts}
 * @param what what was found, with the measured or configured values
 * @param why what it costs
 * @param fix what to do about it
 */
public record Finding(String id, String what, String why, String fix) {
  /** All of it in one line, for people. */
  @Override
  public String toString() {
    return what + ". " + why + ". " + fix + ". [" + id + "]";
  }
}
