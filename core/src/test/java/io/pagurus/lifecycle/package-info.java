@NullMarked
package io.pagurus.lifecycle;

import org.jspecify.annotations.NullMarked;
