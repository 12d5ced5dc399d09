package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class RandomSeedTest {
  @Test
  void failure_namesASeed_thatRepeatsIt() {
    List<Long> drawn = new ArrayList<>();
    AssertionError failure = fail(drawn);
    Matcher seed = Pattern.compile("-Dpagurus\\.seed=(-?\\d+)").matcher(failure.getMessage());
    assertThat(seed.find()).isTrue();
    long first = drawn.get(0);
    drawn.clear();
    System.setProperty(RandomSeed.PROPERTY, seed.group(1));
    try {
      fail(drawn);
    } finally {
      System.clearProperty(RandomSeed.PROPERTY);
    }
    assertThat(drawn).containsExactly(first);
  }

  private static AssertionError fail(List<Long> drawn) {
    AssertionError[] failure = new AssertionError[1];
    assertThatThrownBy(
            () ->
                RandomSeed.run(
                    random -> {
                      drawn.add(random.nextLong());
                      throw new IllegalStateException("as always");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("as always")
        .hasCauseInstanceOf(IllegalStateException.class)
        .satisfies(thrown -> failure[0] = (AssertionError) thrown);
    return failure[0];
  }

  @Test
  void rounds_haveDifferentSeeds() {
    List<Long> drawn = new ArrayList<>();
    RandomSeed.run(5, random -> drawn.add(random.nextLong()));
    assertThat(drawn).hasSize(5).doesNotHaveDuplicates();
  }
}
