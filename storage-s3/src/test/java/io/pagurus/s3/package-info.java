/** Tests of storage in S3. */
@NullMarked
package io.pagurus.s3;

import org.jspecify.annotations.NullMarked;
