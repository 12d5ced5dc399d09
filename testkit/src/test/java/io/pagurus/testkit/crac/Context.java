package io.pagurus.testkit.crac;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** As the JDK's: it knows its resources weakly, and the last one comes first. */
public class Context<R extends Resource> {
  private final List<WeakReference<R>> resources = new ArrayList<>();

  public synchronized void register(R resource) {
    resources.add(0, new WeakReference<>(resource));
  }

  synchronized List<R> resources() {
    return resources.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
  }
}
