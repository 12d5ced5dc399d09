/** Storage of Pagurus on an S3 bucket: not built yet, nothing here can be used. */
@NullMarked
package io.pagurus.s3;

import org.jspecify.annotations.NullMarked;
