@NullMarked
package io.pagurus.internal.runtime;

import org.jspecify.annotations.NullMarked;
