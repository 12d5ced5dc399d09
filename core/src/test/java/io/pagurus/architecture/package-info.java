/** Rules that hold for all of the code. */
@NullMarked
package io.pagurus.architecture;

import org.jspecify.annotations.NullMarked;
