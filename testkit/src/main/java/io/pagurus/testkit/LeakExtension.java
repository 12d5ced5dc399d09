package io.pagurus.testkit;

import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind in the JVM: a thread whose name begins with {@code
 * pagurus-}, a shutdown hook of the store, or a handler of a termination signal. It looks after the
 * {@code AfterEach} methods, and grants threads a few seconds to end.
 *
 * <p>Shutdown hooks are seen only with {@code --add-opens java.base/java.lang=ALL-UNNAMED}. Not for
 * tests that run at the same time in one JVM: they would see each other's threads.
 */
public final class LeakExtension implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(LeakCheck.class, new LeakCheck());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LeakCheck check = context.getStore(NAMESPACE).get(LeakCheck.class, LeakCheck.class);
    if (check != null) {
      check.verify(PATIENCE);
    }
  }
}
