package io.pagurus.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pagurus.StorageUsage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Counts requests and bytes, and estimates what they cost. Thread-safe. */
final class Meter {
  /** Kinds of requests, with list prices in dollars: S3 Standard, us-east-1. */
  enum Kind {
    PUT(0.005 / 1000),
    GET(0.0004 / 1000),
    LIST(0.005 / 1000),
    DELETE(0);

    private final double dollars;

    Kind(double dollars) {
      this.dollars = dollars;
    }
  }

  private static final long WINDOW = Duration.ofMinutes(10).toNanos();
  private static final long STEP = Duration.ofSeconds(30).toNanos();
  private static final long SHORTEST = Duration.ofMinutes(1).toNanos();
  private static final double MONTH = Duration.ofDays(30).toNanos();

  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final long[] requests = new long[Kind.values().length];

  @GuardedBy("this")
  private long sent;

  @GuardedBy("this")
  private long received;

  @GuardedBy("this")
  private double dollars;

  /** What had been spent at some moments of the last minutes, the oldest first. */
  @GuardedBy("this")
  private final Deque<Spent> spent = new ArrayDeque<>();

  private record Spent(long at, double dollars) {}

  Meter() {
    this(System::nanoTime);
  }

  Meter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    spent.add(new Spent(nanoTime.getAsLong(), 0));
  }

  synchronized void count(Kind kind, int attempts, long bytesSent, long bytesReceived) {
    look();
    requests[kind.ordinal()] += attempts;
    sent += bytesSent;
    received += bytesReceived;
    dollars += attempts * kind.dollars;
  }

  @GuardedBy("this")
  private void look() {
    long now = nanoTime.getAsLong();
    if (now - spent.getLast().at >= STEP) {
      spent.add(new Spent(now, dollars));
    }
    while (spent.size() > 1 && now - spent.getFirst().at > WINDOW) {
      spent.removeFirst();
    }
  }

  synchronized StorageUsage usage() {
    look();
    Spent first = spent.getFirst();
    double nanos = Math.max(SHORTEST, nanoTime.getAsLong() - first.at);
    return new StorageUsage(
        requests[Kind.PUT.ordinal()],
        requests[Kind.GET.ordinal()],
        requests[Kind.LIST.ordinal()],
        requests[Kind.DELETE.ordinal()],
        sent,
        received,
        (dollars - first.dollars) * MONTH / nanos);
  }
}
