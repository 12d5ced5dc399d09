package io.pagurus.jdbc;

/** What an acknowledged commit survives: the option {@code durability} of a URL. */
enum Durability {
  /** The death of the process; a power cut can cost the last moments. */
  PROCESS,
  /** A power cut: one forced write for each commit. */
  POWER
}
