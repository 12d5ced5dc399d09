/** Tests of what the public types say. */
@NullMarked
package io.pagurus;

import org.jspecify.annotations.NullMarked;
