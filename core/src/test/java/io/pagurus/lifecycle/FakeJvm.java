package io.pagurus.lifecycle;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A JVM that a test ends. Thread-safe. */
final class FakeJvm implements Jvm {
  final List<Thread> hooks = new CopyOnWriteArrayList<>();
  final CompletableFuture<Integer> halted = new CompletableFuture<>();
  volatile SignalChain.@Nullable Listener listener;
  final AtomicInteger keptAlive = new AtomicInteger();
  volatile boolean isEnding;
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @Override
  public void addHook(Thread hook) {
    if (isEnding) {
      throw new IllegalStateException("Shutdown in progress");
    }
    hooks.add(hook);
  }

  @Override
  public void removeHook(Thread hook) {
    hooks.remove(hook);
  }

  @Override
  public @Nullable SignalChain handleSignals(SignalChain.Listener handler) {
    listener = handler;
    return null;
  }

  SignalChain.Listener signals() {
    SignalChain.Listener handler = listener;
    if (handler == null) {
      throw new AssertionError("no signal is handled");
    }
    return handler;
  }

  @Override
  public Runnable keepAlive() {
    keptAlive.incrementAndGet();
    return keptAlive::decrementAndGet;
  }

  @Override
  public void halt(int status) {
    halted.complete(status);
  }

  @Override
  public PrintStream stderr() {
    return new PrintStream(stderr, true, StandardCharsets.UTF_8);
  }

  String said() {
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
