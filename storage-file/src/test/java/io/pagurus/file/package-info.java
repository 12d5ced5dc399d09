/** Tests of storage in files, on a real disk and on one that fails. */
@NullMarked
package io.pagurus.file;

import org.jspecify.annotations.NullMarked;
