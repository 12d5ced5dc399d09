package io.pagurus.file;

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
    FileStorage storage =
        FileStorage.open(
            FileUrl.parse(request.url()),
            request,
            objects -> {
              throw new UnsupportedOperationException("log=slots is not built yet");
            });
    storage.close();
    throw new UnsupportedOperationException("The engine over " + storage.source() + " is missing");
  }
}
