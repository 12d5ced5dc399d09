/**
 * The live table for state larger than the heap, in Chronicle Map. Nothing outside of this package
 * touches Chronicle Map, and nothing in it does before a table is made.
 */
@NullMarked
package io.pagurus.file.offheap;

import org.jspecify.annotations.NullMarked;
