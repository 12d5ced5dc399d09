/** Pending changes, the gate, the cut, the committer: how changes become commits. */
@NullMarked
package io.pagurus.internal.engine;

import org.jspecify.annotations.NullMarked;
