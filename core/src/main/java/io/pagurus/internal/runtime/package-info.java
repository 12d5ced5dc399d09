/** Puts a store together from its settings. */
@NullMarked
package io.pagurus.internal.runtime;

import org.jspecify.annotations.NullMarked;
