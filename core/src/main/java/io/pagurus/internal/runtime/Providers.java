package io.pagurus.internal.runtime;

import io.pagurus.spi.BackendProvider;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the backend of a URL on the class path. */
final class Providers {
  private Providers() {}

  static BackendProvider of(String url) {
    int colon = url.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(
          "'"
              + Urls.redact(url)
              + "' is no storage URL: it needs a scheme, for example jdbc:h2:./data/checkout. "
              + known());
    }
    String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
    for (BackendProvider provider : all()) {
      if (provider.schemes().contains(scheme)) {
        return provider;
      }
    }
    throw new IllegalArgumentException(
        "No storage for '"
            + scheme
            + ":' ("
            + Urls.redact(url)
            + ") is on the class path. "
            + known());
  }

  private static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class, Providers.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  private static String known() {
    SortedSet<String> schemes = new TreeSet<>();
    all().forEach(provider -> schemes.addAll(provider.schemes()));
    return "Found: "
        + String.join(", ", schemes)
        + ". Add the dependency of the storage you want, for example"
        + " io.pagurus:pagurus-storage-jdbc for jdbc:h2:.";
  }
}
