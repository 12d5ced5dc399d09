package io.pagurus.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pagurus.StateMap;
import io.pagurus.TypeRef;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"UnusedVariable", "ClassCanBeStatic"}) // fields are used by reflection
class ValueRefusalTest {
  private final Codecs codecs = new Codecs(null, Set.of());

  private void refused(Type type, String... parts) {
    assertThatThrownBy(() -> codecs.values(type))
        .as(type.getTypeName())
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains("cannot be stored")
        .contains(parts);
  }

  record Holder<T>(String name, List<T> items) {}

  abstract static class Shape {}

  interface Animal {}

  class Inner {
    int x;
  }

  static class NoConstructor {
    final int x;

    NoConstructor(int a, int b) {
      this.x = a + b;
    }
  }

  static class Dice extends Random {
    private static final long serialVersionUID = 1L;
    int sides = 6;
  }

  static class Empty {}

  static class Extended extends ArrayList<String> {
    private static final long serialVersionUID = 1L;
    int extra;
  }

  static class Locked {
    final ReentrantLock lock = new ReentrantLock();
    int x;
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface ByClass {}

  record ByClassImpl(int x) implements ByClass {}

  record Outer(Map<String, Optional<Thread>> threads) {}

  record Handles(StateMap<String, String> map) {}

  @Test
  void values_typeThatCanNeverBeStored_isRefusedWithPathReasonAndFix() {
    refused(Object.class, "says nothing about what to restore");
    refused(Number.class, "says nothing");
    refused(List.class, "[]", "java.lang.Object");
    refused(new TypeRef<Map<String, Object>>() {}.type(), "{value}", "java.lang.Object");
    refused(Shape.class, "abstract", "@JsonTypeInfo(use = NAME)");
    refused(new TypeRef<List<Animal>>() {}.type(), "[]", "an interface", "@JsonSubTypes");
    refused(new TypeRef<Supplier<String>>() {}.type(), "an interface");
    refused(Inner.class, "inner class", "static");
    refused(NoConstructor.class, "constructor", "record");
    refused(Empty.class, "Empty");
    refused(Extended.class, "extra", "lost");
    refused(Locked.class, ".lock", "ReentrantLock", "transient");
    refused(Thread.class, "means nothing after a restart");
    refused(ClassLoader.class, "means nothing after a restart");
    refused(InputStream.class, "means nothing after a restart");
    refused(ExecutorService.class, "means nothing after a restart");
    refused(Outer.class, ".threads{value}{?}", "java.lang.Thread");
    refused(Handles.class, ".map", "live handle", "@State field");
    refused(Class.class, "name code to load");
    refused(new TypeRef<List<Class<?>>>() {}.type(), "name code to load");
    refused(Exception.class, "message");
    refused(BitSet.class, "java.util.BitSet", "would be lost");
    refused(Random.class, "java.util.Random", "would be lost");
    refused(Dice.class, "Dice", "java.util.Random");
    refused(new TypeRef<IdentityHashMap<String, String>>() {}.type(), "same object");
    refused(LongAdder.class, "not read back");
    refused(ByClass.class, "ByClass");
    refused(ByClassImpl.class, "ByClassImpl");
    refused(new Object() {}.getClass(), "no name");
    refused(
        new Supplier<Object>() {
          @Override
          public Object get() {
            return "";
          }
        }.getClass(),
        "no name");
    refused(Holder.class.getRecordComponents()[1].getGenericType(), "type variable T");
    refused(Holder.class, ".items[]");
    refused(void.class, "no values");
  }

  static class Node {
    int x;
    @Nullable Node next;
  }

  static class Sub extends Node {
    int lost;
  }

  record Bean(Node node, List<Node> nodes) {}

  @Test
  void encode_valueThatWouldNotComeBack_isRefused() {
    ValueCodec<Node> codec = codecs.values(Node.class);
    Node cycle = new Node();
    cycle.next = cycle;
    assertThatThrownBy(() -> codec.encode(cycle)).isInstanceOf(IllegalArgumentException.class);
    Node deep = new Node();
    for (int i = 0; i < 100_000; i++) {
      Node outer = new Node();
      outer.next = deep;
      deep = outer;
    }
    Node root = deep;
    assertThatThrownBy(() -> codec.encode(root))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nesting depth");

    assertThatThrownBy(() -> codec.encode(new Sub()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Sub");
    ValueCodec<Bean> beans = codecs.values(Bean.class);
    assertThatThrownBy(() -> beans.encode(new Bean(new Sub(), List.of())))
        .hasMessageContaining("at node")
        .hasMessageContaining("own fields would be lost");
    assertThatThrownBy(() -> beans.encode(new Bean(new Node(), List.of(new Sub()))))
        .hasMessageContaining("at nodes[0]")
        .hasMessageContaining("own fields would be lost");
    ValueCodec<Map<List<Integer>, Node>> pairs =
        codecs.values(new TypeRef<Map<List<Integer>, Node>>() {}.type());
    assertThatThrownBy(() -> pairs.encode(Map.of(List.of(1), new Sub())))
        .hasMessageContaining("own fields would be lost");
    assertThatThrownBy(
            () ->
                codecs
                    .<BigInteger>values(BigInteger.class)
                    .encode(BigInteger.ONE.shiftLeft(5_000_000)))
        .hasMessageContaining("too long");
    assertThatThrownBy(
            () ->
                codecs
                    .<BigDecimal>values(BigDecimal.class)
                    .encode(new BigDecimal(BigInteger.ONE.shiftLeft(5_000_000), 3)))
        .hasMessageContaining("too long");
    Map<@Nullable String, Integer> nullKey = new HashMap<>();
    nullKey.put(null, 1);
    assertThatThrownBy(
            () -> codecs.values(new TypeRef<Map<String, Integer>>() {}.type()).encode(nullKey))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ull key");
  }

  @Test
  void halfASurrogatePair_isRefusedEverywhere() {
    assertThatThrownBy(() -> codecs.<String>values(String.class).encode("a\uD83D"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+D83D at index 1");
    ValueCodec<List<String>> list = codecs.values(new TypeRef<List<String>>() {}.type());
    for (String bad : List.of("a\uD83D", "\uDE00b", "\uD83Dxx", "x".repeat(5000) + "\uD83D")) {
      assertThatThrownBy(() -> list.encode(List.of(bad, "y")))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
    ValueCodec<Map<String, String>> map =
        codecs.values(new TypeRef<Map<String, String>>() {}.type());
    assertThatThrownBy(() -> map.encode(Map.of("a\uD83D", "y")))
        .isInstanceOf(IllegalArgumentException.class);
    ValueCodec<List<Character>> chars = codecs.values(new TypeRef<List<Character>>() {}.type());
    assertThatThrownBy(() -> chars.encode(List.of('\uD83D')))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- decoding ---------------------------------------------------------------------------------

  private <T> void misfit(Class<T> type, String json, String... parts) {
    assertThatThrownBy(() -> codecs.values(type).decode(json.getBytes(UTF_8)))
        .as(json)
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains("cannot be decoded")
        .contains(parts);
  }

  enum Color {
    RED,
    GREEN
  }

  record Car(Color color, int doors, @Nullable String name, @Nullable Integer seats) {}

  @Test
  void decode_contentThatDoesNotFit_saysWhereAndWhat() {
    misfit(Car.class, "{\"color\":\"BLUE\",\"doors\":1}", "at color", "BLUE", "RED");
    misfit(Car.class, "{\"color\":1}", "at color");
    misfit(Car.class, "{\"doors\":\"4\"}", "at doors");
    misfit(Car.class, "{\"doors\":4.5}", "at doors");
    misfit(Car.class, "{\"doors\":null}", "at doors");
    misfit(Car.class, "{\"doors\":99999999999}", "at doors");
    misfit(Car.class, "{\"name\":5}", "at name");
    misfit(Car.class, "{\"name\":true}", "at name");
    misfit(Car.class, "{\"name\":{}}", "at name");
    misfit(Car.class, "{\"seats\":true}", "at seats");
    misfit(Car.class, "[]", "Car");
    misfit(Car.class, "\"\"", "Car");
    misfit(Car.class, "null", "null");
    misfit(Car.class, "", "Car");
    misfit(Car.class, "{\"doors\":1} {}", "railing");
    misfit(Car.class, "{\"doors\":1", "end-of-input");
    misfit(Color.class, "0", "0");
    misfit(Color.class, "\"\"", "Color");
  }

  @Test
  void decode_byOlderAndNewerVersions_addedFieldsAreDefaultRemovedOnesIgnored() {
    ValueCodec<Car> cars = codecs.values(Car.class);
    assertThat(cars.decode("{\"removed\":{\"a\":[1]},\"color\":\"RED\"}".getBytes(UTF_8)))
        .isEqualTo(new Car(Color.RED, 0, null, null));
    ValueCodec<WithDefaults> codec = codecs.values(WithDefaults.class);
    WithDefaults read = codec.decode("{}".getBytes(UTF_8));
    assertThat(read.added).isEqualTo(7);
    assertThat(read.list).isEmpty();
  }

  static class WithDefaults {
    int added = 7;
    List<String> list = new ArrayList<>();
  }

  // ---- polymorphism without class names
  // -----------------------------------------------------------

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Paid.class, name = "paid"),
    @JsonSubTypes.Type(value = Open.class, name = "open"),
    @JsonSubTypes.Type(value = Cancelled.class, name = "cancelled")
  })
  sealed interface Status {}

  record Paid(int cents) implements Status {}

  record Open(List<Status> before) implements Status {}

  record Cancelled() implements Status {}

  record Order(
      Status status,
      Map<Paid, Status> byPayment,
      Map<String, Status> byName,
      Optional<Status> maybe,
      List<Status> all) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Pet.class, name = "pet"),
    @JsonSubTypes.Type(value = Dog.class, name = "dog")
  })
  static class Pet {
    int legs = 4;
  }

  static class Dog extends Pet {
    int barks = 5;
  }

  static class Wolf extends Pet {}

  @Test
  void sealedTypes_listedByName_roundTrip() {
    ValueCodec<Order> codec = codecs.values(Order.class);
    Order order =
        new Order(
            new Open(List.of(new Paid(3))),
            Map.of(new Paid(1), new Open(List.of())),
            Map.of("x", new Open(List.of(new Cancelled()))),
            Optional.of(new Open(List.of())),
            List.of(new Open(List.of()), new Cancelled()));
    byte[] bytes = codec.encode(order);
    assertThat(new String(bytes, UTF_8)).contains("\"open\"").doesNotContain("pagurus");
    assertThat(codec.decode(bytes)).isEqualTo(order);
    ValueCodec<Status> root = codecs.values(Status.class);
    assertThat(root.decode(root.encode(new Paid(9)))).isEqualTo(new Paid(9));
    assertThatThrownBy(
            () -> root.decode(("{\"@type\":\"" + Thread.class.getName() + "\"}").getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void subclasses_listedByName_roundTripAndOthersAreRefused() {
    ValueCodec<Pet[]> pets = codecs.values(Pet[].class);
    Pet[] back = pets.decode(pets.encode(new Pet[] {new Dog(), new Pet()}));
    assertThat(back[0]).isInstanceOf(Dog.class).extracting("barks").isEqualTo(5);
    assertThat(back[1]).isExactlyInstanceOf(Pet.class);
    assertThatThrownBy(() -> pets.encode(new Pet[] {new Wolf()}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Wolf is not listed");
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;
}
