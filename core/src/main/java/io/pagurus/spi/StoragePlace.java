package io.pagurus.spi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a backend tells the doctor about the place where its state is.
 *
 * @param directory the local directory that holds the state, existing or yet to be created; null
 *     when the state is not in files of this machine
 * @param stateBytes how many bytes the state takes there now; zero when there is none or nobody
 *     knows
 * @param borrowed true when the way to the storage belongs to the application, which may take it
 *     away before the last commit: a connection pool that was handed in
 */
public record StoragePlace(@Nullable Path directory, long stateBytes, boolean borrowed) {
  /** Nothing to tell: the state is somewhere else, reached on connections of the backend. */
  public static final StoragePlace ELSEWHERE = new StoragePlace(null, 0, false);
}
