package io.pagurus.internal.log;

/** What became of a frame that was sent to the log. */
public sealed interface Append {
  /** It is durable, and its epoch was not sealed when it had become so. */
  record Done() implements Append {}

  /**
   * The epoch is sealed. Not confirmed, for good; the frame may still be part of the history.
   *
   * @param by who sealed it
   */
  record Fenced(Seal by) implements Append {}

  /**
   * Not known to be durable: send the same again.
   *
   * @param cause what went wrong
   * @param outcomeUnknown true when it may be there, false when it certainly is not
   */
  record Retry(Throwable cause, boolean outcomeUnknown) implements Append {}

  /**
   * It may be there, and this log can never find out (a {@code force} failed): the owner seals its
   * own epoch and goes on in the next.
   *
   * @param cause what went wrong
   */
  record Broken(Throwable cause) implements Append {}
}
