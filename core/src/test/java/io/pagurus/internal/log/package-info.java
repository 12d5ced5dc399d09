@NullMarked
package io.pagurus.internal.log;

import org.jspecify.annotations.NullMarked;
