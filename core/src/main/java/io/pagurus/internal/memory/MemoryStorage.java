package io.pagurus.internal.memory;

import io.pagurus.spi.BackendProvider;
import io.pagurus.spi.BackendRequest;
import io.pagurus.spi.StateBackend;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A "disk" on the heap that holds stores by name. Handed over as an object, one instance can be
 * opened again and again, which is what tests need to see what a store left behind. By URL, {@code
 * memory:} is a new one for each open and {@code memory:name} one for the whole JVM.
 *
 * <p>Thread-safe.
 */
public final class MemoryStorage implements BackendProvider {
  private static final String SCHEME = "memory";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final ConcurrentMap<String, MemoryStorage> NAMED = new ConcurrentHashMap<>();

  private final String source;
  private final ConcurrentMap<String, MemoryStore> stores = new ConcurrentHashMap<>();

  /** An empty storage of its own. */
  public MemoryStorage() {
    this(SCHEME + ":");
  }

  private MemoryStorage(String source) {
    this.source = source;
  }

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  @Override
  public StateBackend open(BackendRequest request) {
    MemoryStorage storage = storage(request.url());
    MemoryStore store =
        storage.stores.computeIfAbsent(request.storeName(), name -> new MemoryStore());
    return new MemoryBackend(store, request, storage.source);
  }

  private MemoryStorage storage(@Nullable String url) {
    if (url == null) {
      return this;
    }
    if (!url.startsWith(SCHEME + ":")) {
      throw notReadable(url);
    }
    String name = url.substring(SCHEME.length() + 1);
    if (name.isEmpty()) {
      return new MemoryStorage();
    }
    if (!NAME.matcher(name).matches()) {
      throw notReadable(url);
    }
    return NAMED.computeIfAbsent(name, n -> new MemoryStorage(url));
  }

  private static IllegalArgumentException notReadable(String url) {
    return new IllegalArgumentException(
        "Cannot read the URL \""
            + url
            + "\": expected memory: for a storage of its own, or memory:NAME for one that the"
            + " whole JVM shares, with a NAME of 1 to 128 letters, digits, '.', '_', '-'");
  }
}
