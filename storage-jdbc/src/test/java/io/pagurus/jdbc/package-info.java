/** Tests of storage on a database. */
@NullMarked
package io.pagurus.jdbc;

import org.jspecify.annotations.NullMarked;
