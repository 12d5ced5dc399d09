/**
 * An order service that is stopped by SIGTERM and SIGKILL again and again, and an audit of what it
 * had promised to its clients. Start at {@link io.pagurus.examples.survivor.Survivor}.
 */
@NullMarked
package io.pagurus.examples.survivor;

import org.jspecify.annotations.NullMarked;
