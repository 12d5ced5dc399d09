package io.pagurus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field that is restored by {@link StateStore#bind} and kept from then on.
 *
 * <p>A field of type {@link StateMap}, {@link StateValue} or {@link StateCounter} receives a live
 * handle; each change through it is persisted by itself. Any other field is a <em>plain field</em>:
 * change it inside {@link StateStore#update(Runnable)}. Its content is encoded at the cut of a
 * commit and written when its bytes differ from the last ones, so a change deep inside a collection
 * is noticed too. Keep plain fields small: a large collection belongs in a {@link StateMap}.
 *
 * <p>Not allowed on {@code final} and {@code static} fields.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface State {
  /** The name below the bean's {@link Stateful} name; by default the name of the field. */
  String value() default "";
}
