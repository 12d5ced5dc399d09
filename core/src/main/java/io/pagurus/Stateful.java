package io.pagurus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a class whose {@link State} fields are kept by {@link StateStore#bind}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Stateful {
  /**
   * The name under which the fields are stored: 1 to 128 of letters, digits, {@code .}, {@code _},
   * {@code -}. It survives a rename of the class, so choose it once.
   */
  String value();
}
