/** Pagurus and who does the same job today, behind one interface, holding the same entries. */
@NullMarked
package io.pagurus.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
