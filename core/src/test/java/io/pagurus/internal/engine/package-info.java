@NullMarked
package io.pagurus.internal.engine;

import org.jspecify.annotations.NullMarked;
