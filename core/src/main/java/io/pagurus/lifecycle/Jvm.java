package io.pagurus.lifecycle;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
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

  /**
   * The JVM does not end because the last thread of the application has ended, until the answer is
   * run. {@code System.exit} ends it all the same.
   */
  Runnable keepAlive();

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
        public Runnable keepAlive() {
          CountDownLatch released = new CountDownLatch(1);
          Thread thread =
              new Thread(
                  null,
                  () -> awaitUninterruptibly(released),
                  "pagurus-shutdown-keeps-jvm",
                  0,
                  false);
          thread.setDaemon(false); // that is what it is for
          thread.start();
          return released::countDown;
        }

        private void awaitUninterruptibly(CountDownLatch latch) {
          while (latch.getCount() > 0) {
            try {
              latch.await();
            } catch (InterruptedException e) {
              continue; // nobody of ours does that
            }
          }
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
