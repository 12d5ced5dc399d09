/** What happens when the process is asked to stop. */
@NullMarked
package io.pagurus.lifecycle;

import org.jspecify.annotations.NullMarked;
