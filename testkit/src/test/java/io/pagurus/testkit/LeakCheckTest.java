package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class LeakCheckTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(10);

  @Test
  void nothingLeft_passes() {
    new LeakCheck().verify(SHORT);
  }

  @Test
  void threadLeft_isNamed_untilItEnds() {
    LeakCheck check = new LeakCheck();
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = new Thread(() -> await(end), "pagurus-leaktest-committer");
    thread.start();
    assertThatThrownBy(() -> check.verify(SHORT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pagurus-leaktest-committer")
        .hasMessageContaining("CountDownLatch.await");
    end.countDown();
    check.verify(LONG);
  }

  @Test
  void otherThreads_areNotOurs() {
    LeakCheck check = new LeakCheck();
    CountDownLatch end = new CountDownLatch(1);
    new Thread(() -> await(end), "not-pagurus").start();
    check.verify(SHORT);
    end.countDown();
  }

  @Test
  void shutdownHookLeft_isNamed() {
    assertThat(ShutdownHooks.visible()).as("the build opens java.lang for this").isTrue();
    LeakCheck check = new LeakCheck();
    Thread hook = new Thread(() -> {}, "pagurus-leaktest-hook");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      assertThatThrownBy(() -> check.verify(SHORT))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("pagurus-leaktest-hook");
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    check.verify(SHORT);
  }

  @Test
  void signalHandlerLeft_isNamed_andLookingChangesNothing() {
    LeakCheck check = new LeakCheck();
    Signal hup = new Signal("HUP");
    SignalHandler mine = signal -> {};
    SignalHandler before = Signal.handle(hup, mine);
    try {
      assertThatThrownBy(() -> check.verify(SHORT))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("LeakCheckTest");
    } finally {
      assertThat(Signal.handle(hup, before)).isSameAs(mine);
    }
    check.verify(SHORT);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
