package io.pagurus.testkit;

import java.util.Random;
import java.util.SplittableRandom;

/**
 * Runs random tests so that each failure names the seed that repeats it: {@code
 * -Dpagurus.seed=<seed>} runs that one seed and no other.
 *
 * <p>Thread-safe.
 */
public final class RandomSeed {
  /** The system property that fixes the seed. */
  public static final String PROPERTY = "pagurus.seed";

  private RandomSeed() {}

  /** A test that draws everything random from its argument. */
  @FunctionalInterface
  public interface RandomTest {
    void run(Random random) throws Exception;
  }

  /** Runs {@code test} once. */
  public static void run(RandomTest test) {
    run(1, test);
  }

  /**
   * Runs {@code test} with {@code rounds} different seeds, or once with the seed of {@link
   * #PROPERTY}.
   *
   * @throws AssertionError when a round fails; names its seed
   */
  public static void run(int rounds, RandomTest test) {
    Long fixed = Long.getLong(PROPERTY);
    if (fixed != null) {
      round(fixed, test);
      return;
    }
    SplittableRandom seeds = new SplittableRandom();
    for (int i = 0; i < rounds; i++) {
      round(seeds.nextLong(), test);
    }
  }

  private static void round(long seed, RandomTest test) {
    try {
      test.run(new Random(seed));
    } catch (Throwable failure) {
      throw new AssertionError(
          "Failed with seed %d; repeat with -D%s=%d: %s".formatted(seed, PROPERTY, seed, failure),
          failure);
    }
  }
}
