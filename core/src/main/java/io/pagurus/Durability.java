package io.pagurus;

/** When a write returns. The cost of a crash is stated at each constant. */
public enum Durability {
  /**
   * The write returns at once and becomes durable with the next commit.
   *
   * <p>A kill costs at most {@link StoreStatus#lossWindow()}; a clean stop costs nothing.
   */
  ASYNC,

  /**
   * The write returns when the commit that holds it is durable. A crash costs nothing that
   * returned.
   *
   * <p>Concurrent writers share one commit, so many threads together are far faster than one.
   */
  SYNC
}
