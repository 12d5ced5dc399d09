/** Storage of Pagurus on a mounted volume: not built yet, nothing here can be used. */
@NullMarked
package io.pagurus.file;

import org.jspecify.annotations.NullMarked;
