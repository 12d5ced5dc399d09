package io.pagurus.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What the JVM held of Pagurus at one moment, and whether it is the same again. Immutable. */
final class LeakCheck {
  private final List<Thread> threads = threads();
  private final List<Thread> hooks = ShutdownHooks.registered();
  private final List<String> handlers = SignalHandlers.installed();

  /**
   * Throws when there is more than at first. Threads get {@code patience} to end.
   *
   * @throws AssertionError names what is left
   */
  void verify(Duration patience) {
    if (!newThreads().isEmpty()) {
      try {
        Awaitility.await().atMost(patience).until(() -> newThreads().isEmpty());
      } catch (ConditionTimeoutException e) {
        throw new AssertionError("Threads are left:\n" + describe(newThreads()), e);
      }
    }
    List<Thread> newHooks =
        ShutdownHooks.registered().stream().filter(hook -> !hooks.contains(hook)).toList();
    if (!newHooks.isEmpty()) {
      throw new AssertionError("Shutdown hooks are left: " + newHooks);
    }
    List<String> now = SignalHandlers.installed();
    if (!now.equals(handlers)) {
      throw new AssertionError("Signal handlers were " + handlers + " and are now " + now);
    }
  }

  private List<Thread> newThreads() {
    return threads().stream().filter(thread -> !threads.contains(thread)).toList();
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
