/**
 * Seeded histories of several owners of one store, over storage that fails: one thread runs at a
 * time, and a random generator decides which one.
 */
@NullMarked
package io.pagurus.testkit.simulation;

import org.jspecify.annotations.NullMarked;
