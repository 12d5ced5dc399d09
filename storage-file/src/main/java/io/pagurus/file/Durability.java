package io.pagurus.file;

/** What a commit in files survives. */
enum Durability {
  /** A power cut: everything is forced to the disk. */
  POWER,
  /** The death of the process: nothing is forced. */
  PROCESS
}
