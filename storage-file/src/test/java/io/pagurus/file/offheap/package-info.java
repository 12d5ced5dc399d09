@NullMarked
package io.pagurus.file.offheap;

import org.jspecify.annotations.NullMarked;
