package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport;
import io.pagurus.internal.engine.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store that writes down what is done to it. Thread-safe. */
final class FakeStore implements Stoppable {
  private final String name;
  private final List<String> events;
  volatile CompletableFuture<Saved> saved =
      CompletableFuture.completedFuture(new Saved(true, null, 100));
  volatile @Nullable ShutdownReport savedWith;
  volatile @Nullable ShutdownReport releasedWith;
  volatile boolean interrupted;

  FakeStore(String name, List<String> events) {
    this.name = name;
    this.events = events;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Instant now() {
    return Instant.EPOCH;
  }

  @Override
  public Duration lossWindow() {
    return Duration.ofMillis(120);
  }

  @Override
  public void commitSoon() {
    events.add(name + " commits");
  }

  @Override
  public @Nullable String quiesce(Deadline deadline) {
    events.add(name + " quiesces");
    return null;
  }

  @Override
  public Saved save(ShutdownReport report, Deadline deadline) {
    events.add(name + " saves");
    savedWith = report;
    Saved answer = saved.join();
    interrupted = Thread.currentThread().isInterrupted();
    return answer;
  }

  @Override
  public Released release(ShutdownReport report, Deadline deadline) {
    events.add(name + " releases");
    releasedWith = report;
    return new Released(true, null);
  }

  @Override
  public void end(Deadline deadline) {
    events.add(name + " ends");
  }
}
