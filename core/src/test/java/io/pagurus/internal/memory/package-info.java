/** Tests of the memory backend that its contract does not cover. */
@NullMarked
package io.pagurus.internal.memory;

import org.jspecify.annotations.NullMarked;
