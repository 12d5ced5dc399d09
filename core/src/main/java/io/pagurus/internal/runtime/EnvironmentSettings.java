package io.pagurus.internal.runtime;

import io.pagurus.StateStoreBuilder;
import java.util.Map;

/** Reads settings from environment variables. */
public final class EnvironmentSettings {
  private EnvironmentSettings() {}

  /** Applies every variable that is set. */
  public static void apply(Map<String, String> variables, StateStoreBuilder builder) {
    throw new UnsupportedOperationException();
  }

  /** {@code PAGURUS_GRACE_PERIOD}, or null. */
  static java.time.@org.jspecify.annotations.Nullable Duration gracePeriod(
      Map<String, String> variables) {
    return null;
  }
}
