package io.pagurus.internal.log.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.model.SlotModel.Without;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No interleaving of take-overs in slots loses an acknowledged commit. 3 writers x 2 commits are
 * 26,418,398 states, without a violation too, and more memory than a test may have.
 */
final class SlotTakeOverModelTest {
  @ParameterizedTest(name = "{0} writers x {1} commits")
  @CsvSource({"2, 2", "2, 3", "3, 1"})
  void takeOver_inEveryInterleaving_losesNothing(int writers, int commits, TestReporter reporter) {
    var outcome = Explorer.explore(new SlotModel(writers, commits));
    reporter.publishEntry(writers + " writers x " + commits + " commits", outcome.toString());

    assertThat(outcome.counterexample()).as(outcome.toString()).isNull();
    assertThat(outcome.complete()).isPositive();
  }

  @ParameterizedTest(name = "without {0}")
  @EnumSource
  void takeOver_withoutARule_isFoundOut(Without rule, TestReporter reporter) {
    var outcome = Explorer.explore(new SlotModel(2, 2, rule));
    reporter.publishEntry("without " + rule, outcome.toString());

    assertThat(outcome.counterexample())
        .as(outcome.toString())
        .isNotNull()
        .satisfies(found -> assertThat(outcome.toString()).contains(found.steps()));
  }
}
