package io.pagurus.internal.log.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.pagurus.internal.log.model.AppendFileModel.Change;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No interleaving of owners, power losses, incomplete writes and failed forces makes append files
 * lose an acknowledged or a served commit, or makes them unreadable.
 */
final class AppendFileModelTest {
  /** More power losses than owners change nothing: each stops all that have begun. */
  @ParameterizedTest(name = "{0} owners x {1} commits, {2} failed forces, {3} power losses")
  @CsvSource({"2, 1, 1, 7", "2, 2, 2, 1", "3, 1, 1, 1", "3, 2, 1, 1"})
  void takeOver_inEveryInterleaving_losesNothing(
      int owners, int commits, int failures, int powerLosses, TestReporter reporter) {
    check(new AppendFileModel(owners, commits, failures, powerLosses), reporter);
  }

  @ParameterizedTest(name = "{0} owners x {1} commits, {2} failed forces, {3} power losses")
  @CsvSource({"3, 1, 2, 1", "3, 2, 1, 2", "3, 1, 1, 7"})
  @Tag("long")
  void takeOver_ofMoreOwners_losesNothing(
      int owners, int commits, int failures, int powerLosses, TestReporter reporter) {
    check(new AppendFileModel(owners, commits, failures, powerLosses), reporter);
  }

  @ParameterizedTest(name = "with {0}")
  @EnumSource(mode = EXCLUDE, names = "LOOK_BEFORE_FORCE")
  void takeOver_withARuleChanged_isFoundOut(Change change, TestReporter reporter) {
    var outcome = Explorer.explore(new AppendFileModel(3, 1, 1, 1, change));
    reporter.publishEntry("with " + change, outcome.toString());

    assertThat(outcome.counterexample())
        .as(outcome.toString())
        .isNotNull()
        .satisfies(found -> assertThat(outcome.toString()).contains(found.steps()));
  }

  /** That it must not be found out is known, so that nobody takes it for a hole in the model. */
  @Test
  void takeOver_lookingBetweenAppendAndForce_losesNothing(TestReporter reporter) {
    check(new AppendFileModel(3, 1, 1, 1, Change.LOOK_BEFORE_FORCE), reporter);
  }

  private static void check(AppendFileModel model, TestReporter reporter) {
    var outcome = Explorer.explore(model);
    reporter.publishEntry("checked", outcome.toString());

    assertThat(outcome.counterexample()).as(outcome.toString()).isNull();
    assertThat(outcome.complete()).isPositive();
  }
}
