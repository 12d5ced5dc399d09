/**
 * Typed, named state for a service that survives every way its container can end.
 *
 * <p>Start at {@link io.pagurus.StateStore}. The types of this package are the whole vocabulary of
 * a user; {@link io.pagurus.spi} is for those who write a backend or a codec, and everything below
 * {@code io.pagurus.internal} may change without notice.
 */
@NullMarked
package io.pagurus;

import org.jspecify.annotations.NullMarked;
