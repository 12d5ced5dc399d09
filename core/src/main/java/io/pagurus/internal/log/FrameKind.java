package io.pagurus.internal.log;

/** What a frame is. The code is on storage; never reuse one. */
public enum FrameKind {
  /** Begins a part: a full manifest. */
  OPEN(1),
  /** One commit. */
  COMMIT(2),
  /** Ends an epoch. */
  SEAL(3),
  /** Sorted entries of one partition. */
  SEGMENT(4),
  /** The first object of a store. */
  FORMAT(5),
  /**
   * Begins the first part of an epoch, as OPEN does, and carries the newest commit over into it.
   */
  CARRY(6);

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
