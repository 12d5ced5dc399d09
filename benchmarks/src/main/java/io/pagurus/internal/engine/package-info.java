/** Looks into the engine for figures that no public method gives. */
@NullMarked
package io.pagurus.internal.engine;

import org.jspecify.annotations.NullMarked;
