package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.IncompatibleStateException;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateSerializationException;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user gets for bad input, through the public API: a typed error that names what, where and
 * what to do next; and nothing is lost.
 */
@ExtendWith(LeakExtension.class)
class BadInputTest {
  @TempDir Path directory;
  private String url = "";

  @BeforeEach
  void url() {
    url = "jdbc:h2:" + directory.resolve("state");
  }

  // ---- where ------------------------------------------------------------------------------------

  @Test
  void unknownScheme_listsTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateStore.open("redis://localhost"))
        .withMessageContaining("No storage for 'redis:'")
        .withMessageContaining("Found: jdbc, memory");
  }

  @Test
  void urlWithPassword_isNotRepeatedInTheMessage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateStore.open("redis://user:geheim@localhost?password=geheim"))
        .withMessageNotContaining("geheim");
  }

  @Test
  void noUrl_saysHowToGiveOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateStore.builder().open())
        .withMessageContaining("PAGURUS_URL");
  }

  @Test
  void directoryThatCannotBeWritten_isNamed() throws Exception {
    Path file = Files.createFile(directory.resolve("a-file"));
    assertThatThrownBy(() -> StateStore.open("jdbc:h2:" + file.resolve("state")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("a-file");
  }

  // ---- names ------------------------------------------------------------------------------------

  @Test
  void illegalNames_areRefusedWithTheRule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateStore.builder().url(url).name("a/b").open())
        .withMessageContaining("'a/b'")
        .withMessageContaining("1 to 128");
    try (StateStore store = StateStore.open(url)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.map("", String.class, String.class))
          .withMessageContaining("is empty");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.counter("x".repeat(129)))
          .withMessageContaining("129");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.checkpoint("zwölf"))
          .withMessageContaining("zwölf");
    }
  }

  @Test
  void nameOfAnotherKind_isRefused() {
    try (StateStore store = StateStore.open(url)) {
      store.counter("orders").increment();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.map("orders", String.class, String.class))
          .withMessageContaining("'orders'")
          .withMessageContaining("counter");
      assertThat(store.counter("orders").get()).isEqualTo(1);
    }
  }

  // ---- types ------------------------------------------------------------------------------------

  enum Color {
    RED,
    GREEN
  }

  enum FewerColors {
    GREEN
  }

  record Paint(String name, Color color) {}

  record OtherPaint(String name, FewerColors color) {}

  static final class NoConstructor {
    final String name;

    NoConstructor(int length) {
      this.name = "x".repeat(length);
    }

    NoConstructor(int length, String letter) {
      this.name = letter.repeat(length);
    }
  }

  @Test
  void mapOfAnotherType_isRefusedWithBothTypes() {
    try (StateStore store = StateStore.open(url)) {
      store.map("paints", String.class, Paint.class).put("a", new Paint("sky", Color.RED));
    }
    try (StateStore store = StateStore.open(url)) {
      assertThatThrownBy(() -> store.map("paints", String.class, Long.class))
          .isInstanceOf(IncompatibleStateException.class)
          .hasMessageContaining("'paints'")
          .hasMessageContaining("Paint")
          .hasMessageContaining("java.lang.Long");
      assertThatThrownBy(() -> store.map("paints", Integer.class, Paint.class))
          .isInstanceOf(IncompatibleStateException.class);
      assertThat(store.map("paints", String.class, Paint.class).get("a"))
          .isEqualTo(new Paint("sky", Color.RED));
    }
  }

  @Test
  void renamedEnumConstant_isFoundWhenTheMapIsOpened() {
    try (StateStore store = StateStore.open(url)) {
      store.map("paints", String.class, Paint.class).put("a", new Paint("sky", Color.RED));
    }
    try (StateStore store = StateStore.open(url)) {
      assertThatThrownBy(() -> store.map("paints", String.class, OtherPaint.class))
          .isInstanceOf(IncompatibleStateException.class)
          .hasMessageContaining("'paints'")
          .hasMessageContaining("OtherPaint")
          .hasMessageContaining("key 'a'");
    }
    try (StateStore store = StateStore.open(url)) {
      assertThat(store.map("paints", String.class, Paint.class).size()).isEqualTo(1);
    }
  }

  @Test
  void typesThatCannotBeStored_areRefusedAtOnce() {
    try (StateStore store = StateStore.open(url)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.map("a", String.class, NoConstructor.class))
          .withMessageContaining("NoConstructor");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.map("b", String.class, Thread.class))
          .withMessageContaining("Thread");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.map("c", byte[].class, String.class))
          .withMessageContaining("byte[]");
    }
  }

  // ---- keys and values --------------------------------------------------------------------------

  static final class Node {
    @Nullable Node next;
  }

  @Test
  void valueThatCannotBeEncoded_namesMapAndKey_andChangesNothing() {
    try (StateStore store = StateStore.open(url)) {
      StateMap<String, Node> nodes = store.map("nodes", String.class, Node.class);
      nodes.put("a", new Node());
      Node circle = new Node();
      circle.next = circle;
      assertThatThrownBy(() -> nodes.put("a", circle))
          .isInstanceOf(StateSerializationException.class)
          .hasMessageContaining("'nodes'")
          .hasMessageContaining("key 'a'")
          .hasMessageContaining("Nothing was written");
      assertThat(nodes.getOrDefault("a", circle).next).isNull();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // that is the point
  void nullKeysAndValues_areRefused() {
    try (StateStore store = StateStore.open(url)) {
      StateMap<String, String> map = store.map("m", String.class, String.class);
      assertThatThrownBy(() -> map.put(null, "v"))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("key");
      assertThatThrownBy(() -> map.put("k", null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("value");
      assertThatThrownBy(() -> map.get(null)).isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  void oversizedKeyAndValue_nameTheLimit() {
    try (StateStore store = StateStore.open(url)) {
      StateMap<String, byte[]> map = store.map("m", String.class, byte[].class);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> map.put("k", new byte[17 << 20]))
          .withMessageContaining("key 'k'")
          .withMessageContaining(String.valueOf(17 << 20))
          .withMessageContaining(String.valueOf(16 << 20));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> map.put("k".repeat(5000), new byte[1]))
          .withMessageContaining("2048");
      assertThat(map.isEmpty()).isTrue();
    }
  }

  // ---- beans ------------------------------------------------------------------------------------

  @Stateful("bean")
  static class Bean {
    @State int count;
  }

  @Stateful("bean")
  static class BeanWithText {
    @State List<String> count = new ArrayList<>();
  }

  @Stateful("final")
  static class FinalField {
    @State final int count = 1;
  }

  @Stateful("static")
  static class StaticField {
    @State static int count;
  }

  static class NotStateful {
    @State int count;
  }

  @Test
  void bindTwice_isRefused() {
    try (StateStore store = StateStore.open(url)) {
      store.bind(new Bean());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.bind(new Bean()))
          .withMessageContaining("'bean'")
          .withMessageContaining("bound already");
    }
  }

  @Test
  void fieldOfAnotherType_namesFieldAndBothTypes() {
    try (StateStore store = StateStore.open(url)) {
      Bean bean = store.bind(new Bean());
      store.update(() -> bean.count = 7);
    }
    try (StateStore store = StateStore.open(url)) {
      assertThatThrownBy(() -> store.bind(new BeanWithText()))
          .isInstanceOf(IncompatibleStateException.class)
          .hasMessageContaining("bean.count")
          .hasMessageContaining("Integer")
          .hasMessageContaining("List<String>");
      assertThat(store.bind(new Bean()).count).isEqualTo(7);
    }
  }

  @Test
  void fieldsThatCannotBeSet_areNamed() {
    try (StateStore store = StateStore.open(url)) {
      for (Map.Entry<Object, String> bad :
          Map.of(
                  new FinalField(), "final",
                  new StaticField(), "static",
                  new NotStateful(), "@Stateful")
              .entrySet()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> store.bind(bad.getKey()))
            .withMessageContaining(bad.getValue())
            .withMessageContaining(bad.getKey().getClass().getSimpleName());
      }
    }
  }

  // ---- after close ------------------------------------------------------------------------------

  @Test
  void useAfterClose_saysSo() {
    StateStore store = StateStore.open(url);
    StateMap<String, String> map = store.map("m", String.class, String.class);
    store.close();
    store.close();
    assertThatThrownBy(() -> map.put("k", "v"))
        .isInstanceOf(StoreClosedException.class)
        .hasMessageContaining("is closed")
        .hasMessageContaining("Nothing was changed");
    assertThatThrownBy(() -> map.get("k")).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.update(() -> {})).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(store::flush).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.map("x", String.class, String.class))
        .isInstanceOf(StoreClosedException.class);
    assertThat(store.status().state()).isEqualTo(io.pagurus.StoreState.CLOSED);
  }
}
