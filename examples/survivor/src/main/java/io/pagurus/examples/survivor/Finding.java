package io.pagurus.examples.survivor;

/**
 * One broken promise.
 *
 * @param kind which promise
 * @param text what was expected and what was there
 */
record Finding(Kind kind, String text) {
  enum Kind {
    /** Something that was confirmed durable is gone or changed. */
    CONFIRMED_LOST,
    /** Something acknowledged is gone after a clean stop. */
    LOST_AT_CLEAN_STOP,
    /** A kill cost more than the stated window. */
    OUTSIDE_WINDOW,
    /** A request had its effect twice. */
    APPLIED_TWICE,
    /** The state contradicts itself: no single moment ever looked like that. */
    INVARIANT,
    /** The service did not stop, start or answer as it should. */
    PROCESS
  }

  @Override
  public String toString() {
    return kind + ": " + text;
  }
}
