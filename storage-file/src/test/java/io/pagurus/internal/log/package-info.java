/** Frames for the tests of a log: only the engine can make them. */
@NullMarked
package io.pagurus.internal.log;

import org.jspecify.annotations.NullMarked;
