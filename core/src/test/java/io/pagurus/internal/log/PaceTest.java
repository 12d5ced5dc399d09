package io.pagurus.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLIS = 1_000_000;

  /** Time passes only where the test or the pace says so. */
  private static final class Hands implements Workers {
    long now = 17;
    long rested;

    @Override
    public void pause(long nanos) {
      now += nanos;
      rested += nanos;
    }

    @Override
    public long nanoTime() {
      return now;
    }
  }

  private final Hands hands = new Hands();
  private final Pace pace = new Pace(hands);

  private void work(int pieces, long nanosEach) {
    pace.begin();
    for (int i = 0; i < pieces; i++) {
      hands.now += nanosEach;
      pace.step();
    }
  }

  private void commit() {
    pace.commitBegins();
    pace.commitEnds();
  }

  @Test
  void nobodyCommits_workNeverRests() {
    work(1_000, 5 * MILLIS);
    assertThat(hands.rested).isZero();
  }

  @Test
  void oneCommit_isForgottenSoon() {
    commit();
    work(1_000, 5 * MILLIS);
    assertThat(hands.rested).isBetween(1L, Pace.RECENT);
  }

  /** A commit whose answer takes long is one that waits for the disk. */
  @Test
  void commitUnderWay_workRestsMostOfTheTime_andGoesOn() {
    pace.commitBegins();
    work(1_000, 2 * MILLIS);
    assertThat(hands.rested).isEqualTo(Pace.REST * 2_000 * MILLIS);
    pace.commitEnds();
    hands.now += Pace.RECENT;
    hands.rested = 0;
    work(1_000, 2 * MILLIS);
    assertThat(hands.rested).isZero();
  }

  @Test
  void endlessCommits_workGetsItsShare() {
    pace.begin();
    long begin = hands.now;
    for (int i = 0; i < 100_000; i++) {
      commit();
      hands.now += MILLIS / 100; // far shorter than is worth a rest
      pace.step();
    }
    long took = hands.now - begin;
    assertThat(took).isEqualTo((1 + Pace.REST) * 1_000 * MILLIS);
  }

  @Test
  void pieceThatTookVeryLong_isNotRestedFromForGood() {
    commit();
    pace.commitBegins();
    work(1, 10_000 * MILLIS);
    assertThat(hands.rested).isEqualTo(Pace.LONGEST_REST);
  }

  @Test
  void whatSomebodyWaitsFor_doesNotRest() {
    pace.commitBegins();
    pace.urgent(true);
    work(1_000, 5 * MILLIS);
    assertThat(hands.rested).isZero();
    pace.urgent(false);
    work(1, 5 * MILLIS);
    assertThat(hands.rested).isPositive();
  }

  /** A close must not wait for the end of a rest. */
  @Test
  void restOfWhatSomebodyWaitsFor_endsAtOnce() throws InterruptedException {
    Pace longOnes =
        new Pace(
            new Workers() {
              @Override
              public void pause(long nanos) {
                LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1));
              }

              @Override
              public long nanoTime() {
                hands.now += 5 * MILLIS;
                return hands.now;
              }
            });
    longOnes.commitBegins();
    Thread working = new Thread(longOnes::step);
    working.start();
    while (working.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    longOnes.urgent(true);
    working.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(working.isAlive()).isFalse();
  }

  /** What was done before it began is not rested from. */
  @Test
  void begin_forgetsWhatWasBefore() {
    pace.commitBegins();
    hands.now += 1_000 * MILLIS;
    pace.begin();
    pace.step();
    assertThat(hands.rested).isZero();
  }
}
