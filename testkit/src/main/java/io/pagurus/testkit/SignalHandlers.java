package io.pagurus.testkit;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The handlers of the termination signals of this JVM. The JDK shows a handler only while it is
 * replaced, so a look puts an empty one in its place and the old one back at once.
 */
final class SignalHandlers {
  private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");
  private static final SignalHandler PLACEHOLDER = signal -> {};

  private SignalHandlers() {}

  /** Signal and class of its handler; without those the JVM does not let anyone handle. */
  static synchronized List<String> installed() {
    List<String> installed = new ArrayList<>();
    for (String name : SIGNALS) {
      try {
        Signal signal = new Signal(name);
        SignalHandler handler = Signal.handle(signal, PLACEHOLDER);
        Signal.handle(signal, handler);
        installed.add(name + " " + handler.getClass().getName());
      } catch (IllegalArgumentException notHandled) {
        installed.add(name + " not to be handled"); // -Xrs, or unknown on this system
      }
    }
    return installed;
  }
}
