/** The code that the documentation shows. */
@NullMarked
package io.pagurus.testkit.docs;

import org.jspecify.annotations.NullMarked;
