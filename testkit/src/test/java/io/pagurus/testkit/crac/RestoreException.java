package io.pagurus.testkit.crac;

/** As the JDK's. */
public class RestoreException extends Exception {
  private static final long serialVersionUID = 1L;
}
