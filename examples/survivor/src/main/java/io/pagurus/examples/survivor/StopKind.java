package io.pagurus.examples.survivor;

/** How the service is ended. */
enum StopKind {
  /** A clean stop: nothing that was acknowledged may be lost. */
  SIGTERM(143),
  /** A crash: nothing confirmed may be lost, the rest only within the stated window. */
  SIGKILL(137);

  /** The exit code of a JVM that ended this way. */
  final int exitCode;

  StopKind(int exitCode) {
    this.exitCode = exitCode;
  }
}
