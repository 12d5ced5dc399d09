package io.pagurus.examples.survivor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void parse_wordsInOneArgument_areSplit() {
    Options options = Options.parse(List.of(" --storage file: --stops 4  --seed 9"));

    assertThat(options.storages()).containsExactly("file:");
    assertThat(options.stops()).isEqualTo(4);
    assertThat(options.seed()).isEqualTo(9);
    assertThat(options.holdReplies()).isTrue();
  }

  @Test
  void parse_nothing_givesTheDefaultRun() {
    Options options = Options.parse(List.of(""));

    assertThat(options.storages()).containsExactly("jdbc:h2:", "file:", "s3:");
    assertThat(Collections.frequency(options.plan(), StopKind.SIGTERM)).isEqualTo(10);
    assertThat(Collections.frequency(options.plan(), StopKind.SIGKILL)).isEqualTo(10);
  }

  @Test
  void parse_wrongWord_namesIt() {
    assertThatThrownBy(() -> Options.parse(List.of("--fast"))).hasMessageContaining("--fast");
    assertThatThrownBy(() -> Options.parse(List.of("--stops"))).hasMessageContaining("--stops");
    assertThatThrownBy(() -> Options.parse(List.of("--stops 0"))).hasMessageContaining("--stops");
  }

  @Test
  void plan_sameSeed_isTheSame() {
    assertThat(Options.parse(List.of("--seed 3")).plan())
        .isEqualTo(Options.parse(List.of("--seed 3")).plan());
  }
}
