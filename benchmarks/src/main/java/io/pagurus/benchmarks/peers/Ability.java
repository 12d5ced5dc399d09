package io.pagurus.benchmarks.peers;

/** What not every peer can do. */
public enum Ability {
  /** What was put is there after a close and a new start. */
  KEEP,
  /** Can make everything durable at a given moment. */
  CHECKPOINT,
  /** Can make a single put durable without writing everything. */
  DURABLE_PUT,
  /** Lets entries expire by itself. */
  TIME_TO_LIVE
}
