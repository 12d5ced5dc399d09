package io.pagurus.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind in the JVM: a thread whose name begins with {@code
 * pagurus-}, a shutdown hook, or a handler of a termination signal. It looks after the {@code
 * AfterEach} methods, and grants threads a few seconds to end.
 *
 * <p>Shutdown hooks and signal handlers are seen only where the JVM lets reflection look at them,
 * see {@link ShutdownHooks} and {@link SignalHandlers}.
 */
public final class LeakExtension implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakExtension.class);

  private record Before(List<Thread> hooks, List<String> handlers) {}

  @Override
  public void beforeEach(ExtensionContext context) {
    context
        .getStore(NAMESPACE)
        .put(Before.class, new Before(ShutdownHooks.registered(), SignalHandlers.installed()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    awaitNoThreads();
    Before before = context.getStore(NAMESPACE).get(Before.class, Before.class);
    if (before == null) {
      return;
    }
    List<Thread> hooks =
        ShutdownHooks.registered().stream().filter(hook -> !before.hooks.contains(hook)).toList();
    if (!hooks.isEmpty()) {
      throw new AssertionError("Shutdown hooks are left: " + hooks);
    }
    List<String> handlers = SignalHandlers.installed();
    if (!handlers.equals(before.handlers)) {
      throw new AssertionError(
          "Signal handlers were " + before.handlers + " and are now " + handlers);
    }
  }

  private static void awaitNoThreads() {
    if (threads().isEmpty()) {
      return; // the usual case, without a round of polling
    }
    try {
      Awaitility.await().atMost(PATIENCE).until(() -> threads().isEmpty());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("Threads are left:\n" + describe(threads()), e);
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("pagurus-"))
        .toList();
  }

  private static String describe(List<Thread> threads) {
    return threads.stream()
        .map(
            thread ->
                thread.getName()
                    + Arrays.stream(thread.getStackTrace())
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }
}
