/** Tests that try to break the engine: faults, standstills, races and kills. */
@NullMarked
package io.pagurus.testkit.engine;

import org.jspecify.annotations.NullMarked;
