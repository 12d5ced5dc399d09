/**
 * Storage in files of a local or mounted directory: the {@link io.pagurus.internal.log.ObjectStore}
 * and the {@link io.pagurus.internal.log.CommitLog} of the log-structured engine.
 *
 * <h2>What is where</h2>
 *
 * <pre>
 * {path}/{store}/
 *   LOCK                    one byte per epoch, locked by its owner
 *   tmp/                    files that are being written and have no name yet
 *   FORMAT, s/...           objects, see {@code DirectoryObjectStore}
 *   c/{epoch}.{part}.log    frames in the order of their commits, see {@code AppendFileLog}
 *   c/{epoch}.seal          ends an epoch
 * </pre>
 *
 * <p>Directories have mode 0700, files 0600.
 *
 * <h2>Threads</h2>
 *
 * <p>An interrupt closes the {@link java.nio.channels.FileChannel} that the interrupted thread is
 * using, so everything here that reads or writes is called on threads of the engine and never on
 * one of the application. The lock file, which must not be closed by accident, is not
 * interruptible.
 */
@NullMarked
package io.pagurus.file;

import org.jspecify.annotations.NullMarked;
