package io.pagurus.jdbc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what is not needed any more; a failure to do so is logged and changes nothing. */
final class Quietly {
  private static final Logger LOG = LoggerFactory.getLogger("io.pagurus.jdbc");

  private Quietly() {}

  static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.debug("Could not close {}; it is dropped all the same", resource.getClass(), e);
    }
  }
}
