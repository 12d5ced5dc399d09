/** The backend that keeps everything on the heap and survives nothing. */
@NullMarked
package io.pagurus.internal.memory;

import org.jspecify.annotations.NullMarked;
