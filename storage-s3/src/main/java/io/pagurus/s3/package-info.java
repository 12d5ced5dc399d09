/**
 * Storage in an S3 bucket: the {@link io.pagurus.internal.log.ObjectStore} of the log-structured
 * engine, over the synchronous client of the AWS SDK.
 *
 * <h2>What is where</h2>
 *
 * <pre>
 * s3://{bucket}/{prefix}/{store}/
 *   FORMAT                     says that this is a store
 *   c/{epoch}/{seq}            one object for each commit, see {@code SlotLog}
 *   s/{epoch}/{uuid}           segments
 * </pre>
 *
 * <p>The only thing that safety asks of the server is that a PUT with {@code If-None-Match: *}
 * creates or fails, see {@link io.pagurus.s3.ProvenObjects}. No multipart upload (some servers
 * ignore the condition there), no {@code If-Match}, no {@code DeleteObjects}, no CRT client (it
 * hangs in shutdown hooks).
 */
@NullMarked
package io.pagurus.s3;

import org.jspecify.annotations.NullMarked;
