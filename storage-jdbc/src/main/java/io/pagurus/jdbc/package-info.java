/** Storage on a database through Jdbi. */
@NullMarked
package io.pagurus.jdbc;

import org.jspecify.annotations.NullMarked;
