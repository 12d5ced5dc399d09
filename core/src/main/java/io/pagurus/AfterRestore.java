package io.pagurus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method without parameters of a bound bean that runs after its fields were set: at the end of
 * {@link StateStore#bind} and of {@link StateStore#restore}. The place to rebuild what is derived
 * from the state. It runs inside an update; an exception from it fails the bind.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface AfterRestore {}
