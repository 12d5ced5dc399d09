package io.pagurus.jdbc;

import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens stores by {@code jdbc:} URL. Public for {@link java.util.ServiceLoader} only; thread-safe.
 */
public final class JdbcBackendProvider implements BackendProvider {
  /** Called by the service loader. */
  public JdbcBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("jdbc");
  }

  @Override
  public StateBackend open(BackendRequest request) {
    if (request.url() == null) {
      throw new IllegalArgumentException("storage-jdbc needs a URL, or JdbcStorage.of(dataSource)");
    }
    JdbcUrl url = JdbcUrl.parse(request.url());
    Deadline deadline = Deadline.in(request.maxOwnershipWait());
    Path path = url.path();
    OwnerFile ownerFile =
        path == null
            ? null
            : new OwnerFile(path.resolveSibling(path.getFileName() + ".owner"), request.self());
    // Memory needs no forced write, and a store in memory promises nothing anyway.
    Durability durability = url.kind() == JdbcUrl.Kind.MEM ? Durability.PROCESS : url.durability();
    Database database =
        new Database(
            new PooledConnections(
                request.readOnly() ? url.h2UrlForReading() : url.h2Url(), url.credentials()),
            url.source(),
            durability,
            url.lockedByFile(),
            ownerFile);
    NewDirectories directories = path == null ? null : NewDirectories.before(path);
    StateBackend backend = BackendOpener.open(database, request, deadline);
    if (directories != null && durability == Durability.POWER && !request.readOnly()) {
      directories.force();
    }
    return backend;
  }
}
