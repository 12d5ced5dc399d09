package io.pagurus.testkit.simulation;

/** Ends what a simulated process does. An error, so that nothing handles it. */
final class Crash extends Error {
  private static final long serialVersionUID = 1L;

  Crash() {
    super("the process ended here");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
