package io.pagurus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method without parameters of a bound bean that runs before {@link StateStore#checkpoint} and
 * before the final save of a stop. It runs inside an update, so it may change plain fields; keep it
 * short, because at a stop it shares the time that is left. An exception from it fails the
 * checkpoint; at a stop it is logged and the save goes on without the change.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface BeforeCheckpoint {}
