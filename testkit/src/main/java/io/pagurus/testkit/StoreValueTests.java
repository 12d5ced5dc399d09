package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.TypeRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link StateValue} and {@link StateCounter} promise, method by method. */
interface StoreValueTests {
  StoreFixture fixture();

  @Test
  default void value_setUpdateClear() {
    StateStore store = fixture().open();
    StateValue<String> value = store.value("v", String.class);
    assertThat(value.name()).isEqualTo("v");
    assertThat(value.get()).isNull();
    assertThat(value.getOrDefault("none")).isEqualTo("none");
    value.set("one");
    assertThat(value.get()).isEqualTo("one");
    assertThat(value.getOrDefault("none")).isEqualTo("one");
    assertThat(value.update(old -> old + "+")).isEqualTo("one+");
    store.flush();
    assertThat(value.update(old -> null)).isNull();
    assertThat(value.get()).isNull();
    assertThat(value.update(old -> old == null ? "new" : "not null")).isEqualTo("new");
    value.clear();
    assertThat(value.get()).isNull();
    value.set("last");
    store.flush();
    assertThat(fixture().crash(store).value("v", String.class).get()).isEqualTo("last");
  }

  @Test
  default void value_cleared_staysCleared() {
    StateStore store = fixture().open();
    store.value("v", String.class).set("there");
    store.flush();
    store.value("v", String.class).clear();
    store.flush();
    assertThat(fixture().crash(store).value("v", String.class).get()).isNull();
  }

  @Test
  default void value_ofAMutableType_isCopied() {
    StateStore store = fixture().open();
    StateValue<List<String>> value = store.value("v", new TypeRef<List<String>>() {});
    List<String> mine = new ArrayList<>(List.of("a"));
    value.set(mine);
    mine.add("leaked");
    assertThat(value.get()).containsExactly("a");
    value.getOrDefault(List.of()).add("leaked");
    assertThat(value.get()).containsExactly("a");
    store.flush();
    assertThat(value.get()).containsExactly("a");
  }

  @Test
  default void values_areTheirOwn() {
    StateStore store = fixture().open();
    StateValue<String> one = store.value("one", String.class);
    store.value("two", String.class).set("2");
    assertThat(one.get()).isNull();
    one.set("1");
    one.clear();
    assertThat(store.value("two", String.class).get()).isEqualTo("2");
  }

  @Test
  default void counter_countsAndStays() {
    StateStore store = fixture().open();
    StateCounter counter = store.counter("c");
    assertThat(counter.name()).isEqualTo("c");
    assertThat(counter.get()).isZero();
    assertThat(counter.increment()).isEqualTo(1);
    assertThat(counter.add(41)).isEqualTo(42);
    store.flush();
    assertThat(counter.add(-50)).isEqualTo(-8);
    assertThat(counter.add(0)).isEqualTo(-8);
    assertThat(store.counter("other").get()).isZero();
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(next.counter("c").get()).isEqualTo(-8);
    next.counter("c").set(7);
    assertThat(next.counter("c").get()).isEqualTo(7);
    assertThat(fixture().reopen(next).counter("c").increment()).isEqualTo(8);
  }

  @Test
  default void counter_overflow_throwsAndChangesNothing() {
    StateStore store = fixture().open();
    StateCounter counter = store.counter("c");
    counter.set(Long.MAX_VALUE);
    assertThatThrownBy(counter::increment).isInstanceOf(ArithmeticException.class);
    assertThat(counter.get()).isEqualTo(Long.MAX_VALUE);
    counter.set(Long.MIN_VALUE);
    assertThatThrownBy(() -> counter.add(-1)).isInstanceOf(ArithmeticException.class);
    assertThat(counter.get()).isEqualTo(Long.MIN_VALUE);
    assertThat(counter.add(1)).isEqualTo(Long.MIN_VALUE + 1);
  }
}
