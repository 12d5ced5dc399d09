/** A look at what is in a bucket: only the engine can read it. */
@NullMarked
package io.pagurus.internal.log;

import org.jspecify.annotations.NullMarked;
