package io.pagurus.lifecycle;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** What the coordinator needs of the virtual machine; tests have one of their own. Thread-safe. */
interface Jvm {
  /**
   * Adds a hook.
   *
   * @throws IllegalStateException when the JVM is ending
   */
  void addHook(Thread hook);

  /** Removes a hook; does nothing when the JVM is ending. */
  void removeHook(Thread hook);

  /** Handles SIGTERM and SIGINT from now on; null where that is not possible. */
  @Nullable SignalChain handleSignals(SignalChain.Listener listener);

  /** Ends the JVM on the spot, without any hook. */
  void halt(int status);

  /** Where lines go when logging may be closed already. */
  PrintStream stderr();

  /** This one. */
  Jvm THIS =
      new Jvm() {
        @Override
        public void addHook(Thread hook) {
          Runtime.getRuntime().addShutdownHook(hook);
        }

        @Override
        public void removeHook(Thread hook) {
          try {
            Runtime.getRuntime().removeShutdownHook(hook);
          } catch (IllegalStateException e) {
            return; // the JVM ends and the hook with it
          }
        }

        @Override
        public @Nullable SignalChain handleSignals(SignalChain.Listener listener) {
          return SignalChain.install(listener);
        }

        @Override
        public void halt(int status) {
          Runtime.getRuntime().halt(status);
        }

        @Override
        public PrintStream stderr() {
          return System.err;
        }
      };
}
