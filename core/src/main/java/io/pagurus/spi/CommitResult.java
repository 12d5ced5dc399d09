package io.pagurus.spi;

import org.jspecify.annotations.Nullable;

/** What became of a commit. */
public sealed interface CommitResult {
  /** It is durable. */
  record Committed() implements CommitResult {}

  /**
   * It is not confirmed, and never will be: another owner has the store. Where that one read what
   * this one had just written, the commit may be part of the history all the same.
   *
   * @param owner the new owner, for people
   * @param epoch its epoch
   */
  record Fenced(String owner, long epoch) implements CommitResult {}

  /**
   * Not known to be durable. The engine sends the very same commit again until the answer is
   * another one; the backend then finds out first whether an earlier try landed.
   *
   * @param cause what went wrong
   * @param outcomeUnknown true when it may have landed, false when it certainly has not
   */
  record TryAgain(Throwable cause, boolean outcomeUnknown) implements CommitResult {}

  /**
   * The storage will never take this commit because of its content. Nothing of it is stored.
   *
   * @param change the entry it refuses, or null when that is not known
   * @param cause what the storage said
   */
  record Rejected(@Nullable Change change, Throwable cause) implements CommitResult {}
}
