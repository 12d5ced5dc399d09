/** The smallest use of Pagurus. */
@NullMarked
package io.pagurus.examples.quickstart;

import org.jspecify.annotations.NullMarked;
