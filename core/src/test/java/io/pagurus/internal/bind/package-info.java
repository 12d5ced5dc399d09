@NullMarked
package io.pagurus.internal.bind;

import org.jspecify.annotations.NullMarked;
