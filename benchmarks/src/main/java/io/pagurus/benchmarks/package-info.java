/** Side-by-side figures. */
@NullMarked
package io.pagurus.benchmarks;

import org.jspecify.annotations.NullMarked;
