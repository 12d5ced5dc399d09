/** Annotated fields of a bean, turned into handles and captured fields. */
@NullMarked
package io.pagurus.internal.bind;

import org.jspecify.annotations.NullMarked;
