package io.pagurus.file;

import io.pagurus.internal.log.LogBackend;
import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.util.Set;

/**
 * Opens stores by {@code file:} URL. Public for {@link java.util.ServiceLoader} only; thread-safe.
 */
public final class FileBackendProvider implements BackendProvider {
  /** Called by the service loader. */
  public FileBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("file");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    if (request.url() == null) {
      throw new IllegalArgumentException("storage-file needs a URL, for example file:./data");
    }
    FileStorage storage = FileStorage.open(FileUrl.parse(request.url()), request);
    return new LogBackend(storage.toLogStorage(), request);
  }
}
