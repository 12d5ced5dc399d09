package io.pagurus.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.pagurus.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Equal keys have equal bytes and only they; bytes order as keys do. With random keys. */
class KeyPropertiesTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Codecs codecs = new Codecs(null, Set.of());

  /** From few values, so that equal ones meet; and with the dangerous ones. */
  private String text() {
    String[] parts = {
      "", "a", "b", "\u0000", "\u0001", "\u00ff", "é", "\uffff", "😀", "?", "\ufffd"
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private int integer() {
    int[] corners = {0, 1, -1, 127, 128, -128, 255, 256, Integer.MIN_VALUE, Integer.MAX_VALUE};
    return random.nextInt(3) == 0 ? random.nextInt() : corners[random.nextInt(corners.length)];
  }

  private long longer() {
    long[] corners = {0, 1, -1, 255, -256, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32};
    return random.nextInt(3) == 0 ? random.nextLong() : corners[random.nextInt(corners.length)];
  }

  private double decimal() {
    double[] corners = {
      0.0, -0.0, 1, -1, Double.NaN, Double.MIN_VALUE, -Double.MAX_VALUE, 1 / 0.0, -1 / 0.0
    };
    return random.nextInt(3) == 0
        ? Double.longBitsToDouble(random.nextLong())
        : corners[random.nextInt(corners.length)];
  }

  private BigInteger bigInteger() {
    return random.nextBoolean()
        ? BigInteger.valueOf(integer())
        : new BigInteger(random.nextInt(200), random)
            .multiply(BigInteger.valueOf(random.nextInt(3) - 1));
  }

  private BigDecimal bigDecimal() {
    int[] scales = {0, 1, -1, 2, 5, Integer.MAX_VALUE, Integer.MIN_VALUE};
    BigInteger[] units = {
      BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN, BigInteger.valueOf(-100), bigInteger()
    };
    return new BigDecimal(
        units[random.nextInt(units.length)], scales[random.nextInt(scales.length)]);
  }

  private ZoneOffset offset() {
    return ZoneOffset.ofTotalSeconds(random.nextInt(3) * 3600 - 3600 + random.nextInt(2));
  }

  private LocalDate date() {
    return random.nextInt(10) == 0
        ? (random.nextBoolean() ? LocalDate.MIN : LocalDate.MAX)
        : LocalDate.ofEpochDay(random.nextInt(5) - 2);
  }

  private LocalTime time() {
    return random.nextBoolean() ? LocalTime.of(random.nextInt(24), 0) : LocalTime.MAX;
  }

  private OffsetDateTime offsetDateTime() {
    return random.nextInt(10) == 0
        ? (random.nextBoolean() ? OffsetDateTime.MIN : OffsetDateTime.MAX)
        : LocalDateTime.of(date(), time()).atOffset(offset());
  }

  private <K> void check(Type type, Function<KeyPropertiesTest, K> keys) {
    check(type, keys, null);
  }

  private <K> void check(
      Type type, Function<KeyPropertiesTest, K> keys, java.util.@Nullable Comparator<K> order) {
    KeyCodec<K> codec = codecs.keys(type);
    for (int i = 0; i < 3000; i++) {
      K a = keys.apply(this);
      K b = keys.apply(this);
      byte[] x = codec.encode(a);
      byte[] y = codec.encode(b);
      if (!codec.decode(x).equals(a)) {
        fail("seed %s: %s comes back as %s", seed, a, codec.decode(x));
      }
      if (a.equals(b) != Arrays.equals(x, y)) {
        fail("seed %s: %s and %s", seed, a, b);
      }
      if (order != null) {
        int wanted = Integer.signum(order.compare(a, b));
        if (wanted != 0 && wanted != Integer.signum(Arrays.compareUnsigned(x, y))) {
          fail("seed %s: order of %s and %s", seed, a, b);
        }
      }
    }
  }

  private <K extends Comparable<? super K>> void ordered(
      Type type, Function<KeyPropertiesTest, K> keys) {
    check(type, keys, (a, b) -> a.compareTo(b));
  }

  private static int byCodePoint(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }

  @Test
  void singleKeys_ofEveryType_areInjectiveAndOrdered() {
    check(String.class, KeyPropertiesTest::text, KeyPropertiesTest::byCodePoint);
    ordered(int.class, KeyPropertiesTest::integer);
    ordered(Long.class, KeyPropertiesTest::longer);
    ordered(Short.class, t -> (short) t.integer());
    ordered(byte.class, t -> (byte) t.integer());
    ordered(Character.class, t -> (char) t.integer());
    ordered(Boolean.class, t -> t.random.nextBoolean());
    ordered(Double.class, KeyPropertiesTest::decimal);
    ordered(Float.class, t -> (float) t.decimal());
    check(UUID.class, t -> new UUID(t.longer(), t.longer()));
    ordered(BigInteger.class, KeyPropertiesTest::bigInteger);
    check(BigDecimal.class, KeyPropertiesTest::bigDecimal);
    ordered(
        BigDecimal.class,
        t -> new BigDecimal(t.bigInteger(), t.random.nextInt(60) - 30)); // compareTo is quick here
    check(TimeUnit.class, t -> TimeUnit.values()[t.random.nextInt(7)]);
  }

  @Test
  void timeKeys_ofEveryType_areInjectiveAndOrdered() {
    ordered(
        Instant.class,
        t ->
            t.random.nextBoolean()
                ? Instant.ofEpochSecond(t.integer(), t.random.nextInt(2))
                : Instant.MIN);
    ordered(Duration.class, t -> Duration.ofSeconds(t.longer(), t.random.nextInt(999_999_999)));
    ordered(LocalDate.class, KeyPropertiesTest::date);
    ordered(LocalTime.class, KeyPropertiesTest::time);
    check(LocalDateTime.class, t -> LocalDateTime.of(t.date(), t.time()), LocalDateTime::compareTo);
    ordered(OffsetDateTime.class, KeyPropertiesTest::offsetDateTime);
    ordered(OffsetTime.class, t -> t.time().atOffset(t.offset()));
    ordered(Year.class, t -> Year.of(t.random.nextInt(9) - 4));
    ordered(YearMonth.class, t -> YearMonth.of(t.random.nextInt(9) - 4, 1 + t.random.nextInt(12)));
    ordered(MonthDay.class, t -> MonthDay.of(1 + t.random.nextInt(12), 1 + t.random.nextInt(29)));
    check(Period.class, t -> Period.of(t.integer(), t.integer(), t.integer()));
    check(ZoneOffset.class, t -> t.offset());
    check(ZoneId.class, t -> t.random.nextBoolean() ? t.offset() : ZoneId.of("Asia/Tokyo"));
  }

  record Inner(@Nullable String text, @Nullable Long number) {}

  record Generic<A, B>(@Nullable A a, @Nullable B b) {}

  record Wide(
      @Nullable String s,
      int i,
      @Nullable Inner inner,
      @Nullable UUID id,
      @Nullable BigDecimal d) {}

  record Nothing() {}

  private <T> @Nullable T maybe(T value) {
    return random.nextInt(4) == 0 ? null : value;
  }

  @Test
  void recordKeys_withNullsZerosAndNesting_areInjective() {
    check(Inner.class, t -> new Inner(t.maybe(t.text()), t.maybe(t.longer())));
    check(
        new TypeRef<Generic<String, String>>() {}.type(),
        t -> new Generic<>(t.maybe(t.text()), t.maybe(t.text())));
    check(
        new TypeRef<Generic<Generic<String, Integer>, String>>() {}.type(),
        t ->
            new Generic<>(
                t.maybe(new Generic<>(t.maybe(t.text()), t.maybe(t.integer()))),
                t.maybe(t.text())));
    check(
        Wide.class,
        t ->
            new Wide(
                t.maybe(t.text()),
                t.integer(),
                t.maybe(new Inner(t.maybe(t.text()), t.maybe(t.longer()))),
                t.maybe(new UUID(0, t.random.nextInt(2))),
                t.maybe(t.bigDecimal())));
    check(Nothing.class, t -> new Nothing());
  }

  record Ordered(String name, int number) {}

  @Test
  void recordKeys_order_isComponentByComponent() {
    check(
        Ordered.class,
        t -> new Ordered(t.text(), t.integer()),
        (a, b) -> {
          int byName = byCodePoint(a.name, b.name);
          return byName != 0 ? byName : Integer.compare(a.number, b.number);
        });
  }

  @Test
  void ids_tellShapesApart() {
    assertThat(codecs.keys(Inner.class).id()).isEqualTo("record.2.string.int64_");
    assertThat(codecs.keys(new TypeRef<Generic<Inner, UUID>>() {}.type()).id())
        .isEqualTo("record.2.record.2.string.int64__.uuid_");
    assertThat(codecs.keys(Wide.class).id()).matches("[A-Za-z0-9._-]{1,64}");
    assertThat(codecs.keys(int.class).id()).isEqualTo(codecs.keys(Integer.class).id());
  }

  @Test
  void decode_randomBytes_isAnIllegalArgumentOrExact() {
    List<Type> types =
        List.of(
            String.class,
            Long.class,
            Boolean.class,
            Double.class,
            Float.class,
            BigInteger.class,
            BigDecimal.class,
            TimeUnit.class,
            Instant.class,
            Duration.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Year.class,
            YearMonth.class,
            MonthDay.class,
            Period.class,
            ZoneId.class,
            ZoneOffset.class,
            Inner.class,
            Wide.class,
            Nothing.class);
    for (Type type : types) {
      KeyCodec<Object> codec = codecs.keys(type);
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = new byte[random.nextInt(24)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
          for (int at = 0; at < bytes.length; at++) {
            bytes[at] &= (byte) (random.nextBoolean() ? 0x81 : 0x01);
          }
        }
        try {
          Object key = codec.decode(bytes);
          if (!Arrays.equals(codec.encode(key), bytes)) {
            fail("seed %s: %s %s", seed, type, Arrays.toString(bytes));
          }
        } catch (IllegalArgumentException e) {
          assertThat(e)
              .as("seed " + seed)
              .hasMessageContaining("the stored key of " + bytes.length);
        }
      }
    }
  }

  record Recursive(@Nullable Recursive next) {}

  record WithArray(String name, Inner2 inner) {}

  record Inner2(byte[] hash) {}

  static class Plain {}

  @Test
  void keys_typeWithoutStableEncoding_isRefusedWithPathReasonAndAlternatives() {
    refused(byte[].class, "byte[]", "identity");
    refused(String[].class, "identity");
    refused(WithArray.class, "WithArray.inner.hash", "identity");
    refused(new TypeRef<List<String>>() {}.type(), "List<String>", "mutable");
    refused(new TypeRef<Map<String, String>>() {}.type(), "mutable");
    refused(Object.class, "says nothing");
    refused(Number.class, "says nothing");
    refused(Plain.class, "Plain", "equals");
    refused(ZonedDateTime.class, "time zone rules");
    refused(Recursive.class, "contains itself");
    refused(Generic.class, "type variable");
    refused(new TypeRef<Generic<String, Object>>() {}.type(), ".b", "says nothing");
  }

  private void refused(Type type, String... parts) {
    assertThatThrownBy(() -> codecs.keys(type))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains("cannot be a key")
        .contains("Allowed are String")
        .contains(parts);
  }

  @Test
  void strings_thatUtf8CannotExpress_areRefused() {
    KeyCodec<String> codec = codecs.keys(String.class);
    for (String bad : List.of("\uD83D", "a\uDE00", "\uDE00\uD83D", "\uD83Dx")) {
      assertThatThrownBy(() -> codec.encode(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("surrogate");
    }
    assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xff}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(codec.decode(codec.encode("\ufffd"))).isEqualTo("\ufffd");
  }

  @Test
  void prefix_ofStringKeys_isThatOfTheirBytes() {
    assertThat(codecs.keys(String.class).prefix("é")).containsExactly(0xc3, 0xa9);
    assertThat(codecs.keys(String.class).prefix("")).isEmpty();
    for (Type type : new ArrayList<Type>(List.of(Long.class, TimeUnit.class, Inner.class))) {
      assertThatThrownBy(() -> codecs.keys(type).prefix("a"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("string keys");
    }
  }
}
