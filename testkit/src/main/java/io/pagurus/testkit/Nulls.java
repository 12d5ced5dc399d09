package io.pagurus.testkit;

import org.jspecify.annotations.NullUnmarked;

/** A null where the types do not allow one, to see it refused. */
@NullUnmarked
final class Nulls {
  private Nulls() {}

  @SuppressWarnings("TypeParameterUnusedInFormals") // there is nothing to take it from
  static <T> T of() {
    return null;
  }
}
