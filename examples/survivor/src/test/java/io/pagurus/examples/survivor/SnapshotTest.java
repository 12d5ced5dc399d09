package io.pagurus.examples.survivor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
  private final Snapshot snapshot =
      new Snapshot(
          Map.of("p01", 7L),
          Map.of("p01", 3L),
          Map.of("s1", new Cart(4, 9, Map.of("p01", 2, "p02", 1)), "s2", Cart.EMPTY),
          Map.of(12L, new Order(12, "k", "s1", 321, Map.of("p01", 3))),
          Map.of("k", 12L),
          1,
          13,
          321);

  @Test
  void parse_ownText_givesTheSame() {
    assertThat(Snapshot.parse(snapshot.toText())).isEqualTo(snapshot);
  }

  @Test
  void parse_textThatWasCutOff_isRefused() {
    String text = snapshot.toText();
    String cut = text.substring(0, text.indexOf("totals"));

    assertThatThrownBy(() -> Snapshot.parse(cut)).hasMessageContaining("cut off");
  }
}
