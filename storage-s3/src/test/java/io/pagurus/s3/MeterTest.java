package io.pagurus.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final AtomicLong now = new AtomicLong();
  private final Meter meter = new Meter(now::get);

  private void run(Duration time, Duration between) {
    for (Duration at = Duration.ZERO; at.compareTo(time) < 0; at = at.plus(between)) {
      now.addAndGet(between.toNanos());
      meter.count(Meter.Kind.PUT, 1, 100, 0);
    }
  }

  /** One commit a second, all the time: 2,592,000 PUTs in 30 days at 0.005 dollars for 1,000. */
  @Test
  void dollarsPerMonth_ofOneCommitASecond_isThirteen() {
    run(Duration.ofMinutes(20), Duration.ofSeconds(1));
    assertThat(meter.usage().dollarsPerMonth()).isCloseTo(12.96, within(0.2));
    assertThat(meter.usage().puts()).isEqualTo(1200);
    assertThat(meter.usage().bytesSent()).isEqualTo(120_000);
  }

  @Test
  void dollarsPerMonth_followsTheRate() {
    run(Duration.ofMinutes(20), Duration.ofSeconds(1));
    run(Duration.ofMinutes(11), Duration.ofSeconds(10));
    assertThat(meter.usage().dollarsPerMonth()).isCloseTo(1.3, within(0.1));
    now.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(meter.usage().dollarsPerMonth()).isZero();
  }

  /** The requests of opening are no rate. */
  @Test
  void dollarsPerMonth_atFirst_takesAMinuteAtLeast() {
    now.addAndGet(1_000_000);
    meter.count(Meter.Kind.PUT, 3, 0, 0);
    assertThat(meter.usage().dollarsPerMonth()).isLessThan(1);
  }
}
