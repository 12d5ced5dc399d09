@NullMarked
package io.pagurus.internal.codec;

import org.jspecify.annotations.NullMarked;
