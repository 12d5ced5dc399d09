/**
 * What happens when the process is asked to stop. {@link io.pagurus.lifecycle.Shutdown} is for
 * applications; all other types are for the library itself.
 */
@NullMarked
package io.pagurus.lifecycle;

import org.jspecify.annotations.NullMarked;
