package io.pagurus;

/** Who stops a store when its process is to end. */
public enum Lifecycle {
  /**
   * Pagurus itself: it handles SIGTERM and SIGINT before the JVM starts its shutdown hooks, and has
   * a hook for all other ends. Handlers and hook are there while such a store is open.
   */
  AUTOMATIC,
  /**
   * Somebody else, a framework for example: Pagurus installs neither handlers nor hooks. Whoever
   * owns the lifecycle calls {@link io.pagurus.lifecycle.Shutdown#run} or {@link StateStore#close};
   * otherwise the end of the process is like a kill for the store.
   */
  EXTERNAL
}
