/**
 * A JVM that can checkpoint itself, as far as {@code org.crac} can tell: it looks for a package
 * with these types. The checkpoint is a moment in which the test may do something.
 */
@NullMarked
package io.pagurus.testkit.crac;

import org.jspecify.annotations.NullMarked;
