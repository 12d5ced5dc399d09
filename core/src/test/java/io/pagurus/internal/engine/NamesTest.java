package io.pagurus.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "carts", "Check-out_2.totals", "9", "-", "."})
  void check_validName_returnsIt(String name) {
    assertThat(Names.check("map", name)).isEqualTo(name);
  }

  @Test
  void check_length_isBoundedBy128() {
    assertThat(Names.check("map", "x".repeat(128))).hasSize(128);
    assertThatThrownBy(() -> Names.check("map", "x".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("map")
        .hasMessageContaining("has 129 characters");
    assertThatThrownBy(() -> Names.check("store", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("store")
        .hasMessageContaining("is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "'a b', 'has '' '' (U+0020) at index 1'",
    "'a/b', 'has ''/'' (U+002F) at index 1'",
    "grün, 'has ''ü'' (U+00FC) at index 2'",
    "a😀, 'has ''😀'' (U+1F600) at index 1'",
    "'ab\n', 'has (U+000A) at index 2'"
  })
  void check_badCharacter_isNamedWithItsPlace(String name, String complaint) {
    assertThatThrownBy(() -> Names.check("counter", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining("letters");
  }
}
