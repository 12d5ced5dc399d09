/** What a backend and a codec implement; nothing here is needed to use a store. */
@NullMarked
package io.pagurus.spi;

import org.jspecify.annotations.NullMarked;
