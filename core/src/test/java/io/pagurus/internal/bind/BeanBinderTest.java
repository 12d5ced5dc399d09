package io.pagurus.internal.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pagurus.AfterRestore;
import io.pagurus.BeforeCheckpoint;
import io.pagurus.IncompatibleStateException;
import io.pagurus.State;
import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateSerializationException;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import io.pagurus.Stateful;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.engine.BoundBean;
import io.pagurus.internal.engine.PlainField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("UnusedVariable") // fields are used by reflection
class BeanBinderTest {
  record Sku(String code) {}

  private final RecordingStore recording = new RecordingStore();
  private final StateStore store = recording.store();
  private final Codecs codecs = new Codecs(null, Set.of());

  private BoundBean prepare(Object bean) {
    return BeanBinder.prepare(bean, store, codecs);
  }

  private PlainField field(Object bean, String name) {
    return prepare(bean).fields().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  abstract static class Base<K, V> {
    @State private @Nullable StateMap<K, List<V>> carts;
    @State private @Nullable V last;
  }

  @Stateful("checkout")
  static class Checkout extends Base<String, Sku> {
    @State long lastOffset = 5;
    @State Map<Sku, Integer> totals = new HashMap<>();
    @State @Nullable StateValue<Map<String, Sku>> config;
    @State @Nullable StateCounter hits;

    @State("renamed")
    @Nullable String note = "hi";

    @Nullable String notKept;
  }

  @Test
  void prepare_annotatedHierarchy_injectsHandlesAndListsPlainFields() {
    Checkout bean = new Checkout();
    BoundBean bound = prepare(bean);

    assertThat(bound.name()).isEqualTo("checkout");
    assertThat(bound.fields())
        .extracting(f -> f.name() + " " + f.typeName() + " " + f.codecId())
        .containsExactlyInAnyOrder(
            "checkout.last io.pagurus.internal.bind.BeanBinderTest.Sku json",
            "checkout.lastOffset Long int64",
            "checkout.totals Map<io.pagurus.internal.bind.BeanBinderTest.Sku, Integer> json",
            "checkout.renamed String string");
    String sku = Sku.class.getName();
    assertThat(recording.asked)
        .containsExactlyInAnyOrder(
            "map[checkout.carts, java.lang.String, java.util.List<" + sku + ">]",
            "value[checkout.config, java.util.Map<java.lang.String, " + sku + ">]",
            "counter[checkout.hits]");
    assertThat(((Base<?, ?>) bean).carts).isNotNull();
    assertThat(bean.config).isNotNull();
    assertThat(bean.hits).isNotNull();
  }

  @Test
  void plainField_roundTrip_restoresEveryContent() {
    Checkout from = new Checkout();
    from.lastOffset = 77;
    from.totals.put(new Sku("a"), 1);
    from.note = null;
    Checkout to = new Checkout();
    List<PlainField> source = prepare(from).fields();
    List<PlainField> target = prepare(to).fields();
    for (int i = 0; i < source.size(); i++) {
      target.get(i).set(source.get(i).encode());
      assertThat(target.get(i).encode()).isEqualTo(source.get(i).encode());
    }
    assertThat(to.lastOffset).isEqualTo(77);
    assertThat(to.totals).containsExactly(Map.entry(new Sku("a"), 1));
    assertThat(to.note).isNull();
  }

  @Test
  void plainField_samplesOfTheJavadoc_hold() {
    Checkout bean = new Checkout();
    assertThat(hex(field(bean, "checkout.lastOffset"))).isEqualTo("01 80 00 00 00 00 00 00 05");
    assertThat(hex(field(bean, "checkout.renamed"))).isEqualTo("01 68 69");
    bean.note = null;
    assertThat(hex(field(bean, "checkout.renamed"))).isEqualTo("00");
    Names names = new Names();
    names.names.add("a");
    assertThat(hex(field(names, "n.names"))).isEqualTo("01 5b 22 61 22 5d");
    names.names.set(0, "b");
    assertThat(hex(field(names, "n.names"))).isEqualTo("01 5b 22 62 22 5d");
  }

  private static String hex(PlainField field) {
    return HexFormat.ofDelimiter(" ").formatHex(field.encode());
  }

  @Stateful("n")
  static class Names {
    @State List<String> names = new ArrayList<>();
  }

  @Stateful("p")
  static class Primitives {
    @State int i = 1;
    @State boolean b = true;
    @State double d = Double.NaN;
    @State char c = 'c';
    @State byte[] bytes = {1};
    @State int[] ints = {1, 2};
    @State @Nullable Integer boxed;
  }

  @Test
  void plainField_primitivesAndArrays_areSupported() {
    Primitives from = new Primitives();
    from.i = -3;
    from.d = 2;
    from.c = 'x';
    from.bytes = new byte[] {9};
    from.ints = new int[] {7};
    Primitives to = new Primitives();
    List<PlainField> source = prepare(from).fields();
    List<PlainField> target = prepare(to).fields();
    for (int i = 0; i < source.size(); i++) {
      target.get(i).set(source.get(i).encode());
    }
    assertThat(to).usingRecursiveComparison().isEqualTo(from);
  }

  @Test
  void set_contentOfAnotherType_namesFieldStoredAndDeclaredType() {
    assertThatThrownBy(() -> field(new Checkout(), "checkout.totals").set(hex("01 22 61 22")))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining(Checkout.class.getName() + ".totals")
        .hasMessageContaining("'checkout.totals'")
        .hasMessageContaining("Map<")
        .hasMessageContaining("a JSON string, 3 bytes");
    assertThatThrownBy(() -> field(new Checkout(), "checkout.lastOffset").set(hex("01 22")))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("that takes 8 bytes");
    assertThatThrownBy(() -> field(new Checkout(), "checkout.lastOffset").set(hex("00")))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("a primitive cannot be null");
    for (String bad : List.of("", "02 00", "00 00")) {
      assertThatThrownBy(() -> field(new Checkout(), "checkout.renamed").set(hex(bad)))
          .isInstanceOf(IncompatibleStateException.class);
    }
  }

  private static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  static class Animal {
    int legs = 4;
  }

  static class Dog extends Animal {
    String name = "Rex";
  }

  @Stateful("zoo")
  static class Zoo {
    @State List<Animal> animals = new ArrayList<>();
  }

  @Test
  void encode_valueThatWouldLoseItsFields_namesFieldTypeReasonAndFix() {
    Zoo zoo = new Zoo();
    PlainField field = field(zoo, "zoo.animals");
    zoo.animals.add(new Animal());
    field.encode();
    zoo.animals.add(new Dog());
    assertThatThrownBy(field::encode)
        .isInstanceOf(StateSerializationException.class)
        .hasMessageContaining(Zoo.class.getName() + ".animals")
        .hasMessageContaining("zoo.animals")
        .hasMessageContaining("List<")
        .hasMessageContaining("at [1]")
        .hasMessageContaining(Dog.class.getName())
        .hasMessageContaining("declare the class itself");
  }

  static class Plain {
    @State int x;
  }

  @Stateful("a b")
  static class BadName {}

  @Stateful("s")
  static class StaticField {
    @State static int count;
  }

  @Stateful("s")
  static class FinalField {
    @State final List<String> list = new ArrayList<>();
  }

  @Stateful("s")
  static class Twice {
    @State int a;

    @State("a")
    int b;
  }

  @Stateful("s")
  static class Odd {
    @State int odd$name;
  }

  @Stateful("s")
  @SuppressWarnings("rawtypes")
  static class Raw {
    @State @Nullable StateMap map;
  }

  @Stateful("s")
  static class Generic<T> {
    @State @Nullable StateValue<T> value;
  }

  @Stateful("s")
  static class WithThread {
    @State @Nullable StateCounter counter;
    @State @Nullable Thread thread;
  }

  @Stateful("s")
  static class HookWithParameter {
    @AfterRestore
    void rebuild(int x) {}
  }

  @Stateful("s")
  static class StaticHook {
    @BeforeCheckpoint
    static void tidy() {}
  }

  @Test
  void prepare_badClass_isRefusedWithTheMember() {
    refused(new Plain(), Plain.class.getName(), "@Stateful", "Plain.x");
    refused("text", "java.lang.String", "@Stateful");
    refused(new BadName(), BadName.class.getName(), "'a b'");
    refused(new StaticField(), "StaticField.count", "static");
    refused(new FinalField(), "FinalField.list", "final");
    refused(new Twice(), "Twice.b", "'s.a'", "Twice.a");
    refused(new Odd(), "Odd.odd$name", "@State(\"...\")");
    refused(new Raw(), "Raw.map", "raw StateMap", "StateMap<String, Cart>");
    refused(new Generic<String>(), "Generic.value", "type variable T");
    refused(new HookWithParameter(), "@AfterRestore", "rebuild()", "no parameters");
    refused(new StaticHook(), "@BeforeCheckpoint", "tidy()", "static");
    assertThat(recording.asked).isEmpty();
  }

  private void refused(Object bean, String... parts) {
    assertThatThrownBy(() -> prepare(bean))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(parts);
  }

  @Test
  void prepare_fieldThatCanNeverBeStored_failsBeforeAnythingIsInjected() {
    WithThread bean = new WithThread();
    assertThatThrownBy(() -> prepare(bean))
        .isInstanceOf(StateSerializationException.class)
        .hasMessageContaining("WithThread.thread")
        .hasMessageContaining("means nothing after a restart")
        .hasMessageContaining("transient");
    assertThat(bean.counter).isNull();
    assertThat(recording.asked).isEmpty();
  }

  @Test
  void prepare_storeRefusesHandle_namesTheFieldAndInjectsNothing() {
    recording.failure = new IllegalArgumentException("no such type");
    Checkout bean = new Checkout();
    assertThatThrownBy(() -> prepare(bean))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("carts")
        .hasMessageContaining("no such type");
    assertThat(bean.hits).isNull();
  }

  static class HookBase {
    final List<String> calls = new ArrayList<>();

    @AfterRestore
    private void first() {
      calls.add("base.first");
    }

    @AfterRestore
    void overridden() {
      calls.add("base.overridden");
    }
  }

  @Stateful("h")
  static class Hooked extends HookBase {
    @Nullable Throwable failure;

    @AfterRestore
    private void first() {
      calls.add("sub.first");
    }

    @AfterRestore
    @Override
    void overridden() {
      calls.add("sub.overridden");
    }

    @BeforeCheckpoint
    void fail() throws Throwable {
      if (failure != null) {
        throw failure;
      }
      calls.add("checkpoint");
    }
  }

  @Test
  void hooks_ofAHierarchy_runOnceEachSuperclassFirst() {
    Hooked bean = new Hooked();
    BoundBean bound = prepare(bean);
    bound.afterRestore();
    assertThat(bean.calls).containsExactly("base.first", "sub.overridden", "sub.first");
    bound.beforeCheckpoint();
    assertThat(bean.calls).hasSize(4).last().isEqualTo("checkpoint");
  }

  @Test
  void hooks_thatFail_showTheirOwnException() {
    Hooked bean = new Hooked();
    BoundBean bound = prepare(bean);
    bean.failure = new IllegalStateException("mine");
    assertThat(catchThrowable(bound::beforeCheckpoint)).isSameAs(bean.failure);
    bean.failure = new AssertionError("mine");
    assertThat(catchThrowable(bound::beforeCheckpoint)).isSameAs(bean.failure);
    bean.failure = new IOException("disk");
    assertThatThrownBy(bound::beforeCheckpoint)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Hooked.fail()")
        .hasMessageContaining("disk")
        .hasCause(bean.failure);
  }

  @Test
  void prepare_anonymousSubclass_isKnownByItsAnnotatedClass() {
    assertThat(prepare(new Names() {}).name()).isEqualTo("n");
  }
}
