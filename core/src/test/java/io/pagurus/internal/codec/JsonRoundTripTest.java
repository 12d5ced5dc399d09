package io.pagurus.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.TypeRef;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonRoundTripTest {
  private final Codecs codecs = new Codecs(null, Set.of());

  record Sku(String code, int size) implements Comparable<Sku> {
    @Override
    public int compareTo(Sku other) {
      return code.compareTo(other.code);
    }
  }

  record Pair<A, B>(A first, @Nullable B second) {}

  enum Color {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "grass";
      }
    };

    @Override
    public String toString() {
      return "color " + ordinal();
    }
  }

  private <T> T roundTrip(TypeRef<T> type, T value) {
    ValueCodec<T> codec = codecs.values(type.type());
    byte[] bytes = codec.encode(value);
    T back = codec.decode(bytes);
    assertThat(codec.encode(back)).isEqualTo(bytes);
    return back;
  }

  private <T> void same(TypeRef<T> type, T value) {
    assertThat(roundTrip(type, value)).isEqualTo(value);
  }

  @Test
  void collections_ofEveryKind_comeBackEqualAndInOrder() {
    same(new TypeRef<List<@Nullable String>>() {}, Arrays.asList("a", null, "", "é😀\u0000\""));
    same(new TypeRef<ArrayList<Integer>>() {}, new ArrayList<>(List.of(1, 2)));
    same(new TypeRef<LinkedList<Integer>>() {}, new LinkedList<>(List.of(1, 2)));
    same(new TypeRef<Set<String>>() {}, new LinkedHashSet<>(List.of("z", "a", "m")));
    assertThat(
            roundTrip(new TypeRef<Set<String>>() {}, new LinkedHashSet<>(List.of("z", "a", "m"))))
        .containsExactly("z", "a", "m");
    same(new TypeRef<HashSet<@Nullable String>>() {}, new HashSet<>(Arrays.asList("z", null)));
    same(new TypeRef<SortedSet<String>>() {}, new TreeSet<>(List.of("z", "a")));
    same(new TypeRef<TreeSet<String>>() {}, new TreeSet<>(List.of("z", "a")));
    same(new TypeRef<EnumSet<Color>>() {}, EnumSet.of(Color.GREEN));
    same(new TypeRef<EnumSet<Color>>() {}, EnumSet.noneOf(Color.class));
    assertThat(roundTrip(new TypeRef<Deque<String>>() {}, new ArrayDeque<>(List.of("a", "b"))))
        .containsExactly("a", "b");
    assertThat(roundTrip(new TypeRef<ArrayDeque<String>>() {}, new ArrayDeque<>(List.of("a", "b"))))
        .containsExactly("a", "b");
    assertThat(roundTrip(new TypeRef<Queue<String>>() {}, new ArrayDeque<>(List.of("a", "b"))))
        .containsExactly("a", "b");
    same(
        new TypeRef<Map<String, List<Map<Integer, Set<Sku>>>>>() {},
        Map.of("x", List.of(Map.of(1, Set.of(new Sku("a", 1))))));
  }

  @Test
  void maps_withEveryKindOfKey_comeBackEqual() {
    same(new TypeRef<Map<String, @Nullable Integer>>() {}, new HashMap<>(Map.of("", 1)));
    Map<String, @Nullable Integer> withNull = new LinkedHashMap<>();
    withNull.put("b", null);
    withNull.put("a", 1);
    same(new TypeRef<Map<String, @Nullable Integer>>() {}, withNull);
    same(new TypeRef<Map<Integer, Long>>() {}, Map.of(-1, Long.MIN_VALUE, 2, Long.MAX_VALUE));
    same(new TypeRef<Map<Color, String>>() {}, Map.of(Color.GREEN, "x"));
    same(new TypeRef<EnumMap<Color, String>>() {}, new EnumMap<>(Map.of(Color.RED, "x")));
    same(new TypeRef<EnumMap<Color, String>>() {}, new EnumMap<>(Color.class));
    same(new TypeRef<Map<UUID, String>>() {}, Map.of(new UUID(1, 2), "x"));
    same(new TypeRef<Map<Boolean, Character>>() {}, Map.of(true, 'x'));
    same(
        new TypeRef<Map<Double, Float>>() {},
        Map.of(Double.NaN, Float.NEGATIVE_INFINITY, -0.0, 1f));
    same(
        new TypeRef<Map<BigDecimal, BigInteger>>() {},
        Map.of(new BigDecimal("1.00"), BigInteger.TEN, new BigDecimal("1"), BigInteger.ONE));
    same(
        new TypeRef<Map<Instant, LocalDate>>() {},
        Map.of(Instant.ofEpochSecond(1, 1), LocalDate.MAX));
    same(new TypeRef<Map<Sku, Integer>>() {}, new HashMap<>(Map.of(new Sku("a", 1), 2)));
    same(new TypeRef<TreeMap<Sku, Integer>>() {}, new TreeMap<>(Map.of(new Sku("a", 1), 2)));
    same(new TypeRef<SortedMap<Sku, Integer>>() {}, new TreeMap<>(Map.of(new Sku("a", 1), 2)));
    same(
        new TypeRef<ConcurrentMap<Sku, Integer>>() {},
        new ConcurrentHashMap<>(Map.of(new Sku("a", 1), 2)));
    same(
        new TypeRef<ConcurrentHashMap<String, Integer>>() {},
        new ConcurrentHashMap<>(Map.of("a", 2)));
    Map<@Nullable Sku, @Nullable Map<List<String>, Sku>> odd = new LinkedHashMap<>();
    odd.put(null, Map.of(List.of("k"), new Sku("v", 0)));
    odd.put(new Sku("n", 1), null);
    same(new TypeRef<Map<@Nullable Sku, @Nullable Map<List<String>, Sku>>>() {}, odd);
    same(
        new TypeRef<Pair<Map<Sku, Color>, Optional<Sku>>>() {},
        new Pair<>(Map.of(new Sku("a", 1), Color.GREEN), Optional.empty()));
  }

  @Test
  void numbers_atTheirLimits_comeBackExactly() {
    same(
        new TypeRef<List<Double>>() {},
        List.of(
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            -0.0,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            0.1,
            1e22));
    same(
        new TypeRef<List<Float>>() {},
        List.of(Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 0.1f));
    same(new TypeRef<double[]>() {}, new double[] {Double.NaN, -0.0, 1e-300});
    same(new TypeRef<long[][]>() {}, new long[][] {{Long.MIN_VALUE}, {}});
    same(
        new TypeRef<List<BigDecimal>>() {},
        List.of(
            new BigDecimal("1.00"),
            new BigDecimal("1"),
            new BigDecimal("1E+3"),
            new BigDecimal("1E-400"),
            new BigDecimal("9".repeat(5000) + ".10"),
            new BigDecimal("1E+2147483647"),
            new BigDecimal("0E-7"),
            new BigDecimal("0.000000000"),
            new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE)));
    same(new TypeRef<BigInteger>() {}, BigInteger.ONE.shiftLeft(100_000).negate());
    same(new TypeRef<List<Byte>>() {}, List.of(Byte.MIN_VALUE, Byte.MAX_VALUE));
    same(new TypeRef<List<Short>>() {}, List.of(Short.MIN_VALUE, Short.MAX_VALUE));
    same(new TypeRef<List<Character>>() {}, List.of('\u0000', 'é', '"'));
    same(new TypeRef<OptionalInt>() {}, OptionalInt.of(3));
    same(new TypeRef<OptionalLong>() {}, OptionalLong.empty());
    same(new TypeRef<Optional<String>>() {}, Optional.of(""));
    same(new TypeRef<Optional<String>>() {}, Optional.empty());
    assertThat(roundTrip(new TypeRef<AtomicLong>() {}, new AtomicLong(5)).get()).isEqualTo(5);
    assertThat(roundTrip(new TypeRef<AtomicInteger>() {}, new AtomicInteger(5)).get()).isEqualTo(5);
  }

  record Times(
      Instant instant,
      Duration duration,
      Period period,
      LocalDate date,
      LocalTime time,
      LocalDateTime dateTime,
      OffsetDateTime offsetDateTime,
      OffsetTime offsetTime,
      ZonedDateTime zoned,
      Year year,
      YearMonth yearMonth,
      MonthDay monthDay,
      ZoneId zone,
      ZoneOffset offset,
      DayOfWeek day) {}

  @Test
  void times_withNanosAndZones_comeBackExactly() {
    same(
        new TypeRef<Times>() {},
        new Times(
            Instant.parse("2024-02-29T12:00:00.000000001Z"),
            Duration.ofSeconds(-1, 1),
            Period.of(1, 2, -1),
            LocalDate.MIN,
            LocalTime.MIDNIGHT,
            LocalDateTime.MAX,
            OffsetDateTime.parse("2024-02-29T12:00:00.000000001+05:30"),
            OffsetTime.parse("10:00-03:00"),
            ZonedDateTime.ofStrict(
                LocalDateTime.parse("2020-10-25T02:30"),
                ZoneOffset.ofHours(1),
                ZoneId.of("Europe/Berlin")),
            Year.of(-5),
            YearMonth.of(2024, 2),
            MonthDay.of(2, 29),
            ZoneId.of("UTC"),
            ZoneOffset.ofTotalSeconds(3601),
            DayOfWeek.FRIDAY));
    same(new TypeRef<List<Instant>>() {}, List.of(Instant.MIN, Instant.MAX, Instant.EPOCH));
    same(
        new TypeRef<List<Duration>>() {},
        List.of(
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), Duration.ofSeconds(Long.MIN_VALUE)));
    same(
        new TypeRef<ZonedDateTime>() {},
        ZonedDateTime.of(LocalDateTime.parse("2020-10-25T02:30"), ZoneId.of("UTC")));
    same(
        new TypeRef<ZonedDateTime>() {},
        ZonedDateTime.of(LocalDateTime.parse("2020-10-25T02:30"), ZoneOffset.UTC));
    same(new TypeRef<OffsetDateTime>() {}, OffsetDateTime.MAX);
    same(new TypeRef<List<YearMonth>>() {}, List.of(YearMonth.of(-3, 1), YearMonth.of(12345, 1)));
    same(new TypeRef<List<Year>>() {}, List.of(Year.of(Year.MAX_VALUE)));
  }

  @SuppressWarnings("UnusedVariable")
  static class Base {
    private int inherited = 1;
  }

  static final class Cart extends Base {
    private final List<Sku> items = new ArrayList<>();
    private byte[] blob = {1, -1, 0};
    @Nullable String note;
    boolean done;
    transient String secret = "initial";
    Map<Sku, Integer> totals = new HashMap<>();
    int added = 7;

    private Cart() {}

    public void setNote(String note) {
      throw new AssertionError("setters are not used");
    }

    public String getComputed() {
      throw new AssertionError("getters are not used");
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Cart c
          && items.equals(c.items)
          && Arrays.equals(blob, c.blob)
          && Objects.equals(note, c.note)
          && done == c.done
          && totals.equals(c.totals)
          && added == c.added;
    }

    @Override
    public int hashCode() {
      return items.hashCode();
    }
  }

  @Test
  void class_withPrivateFinalAndInheritedFields_comesBackByItsFields() {
    Cart cart = new Cart();
    cart.items.add(new Sku("a", 1));
    cart.blob = new byte[] {5};
    cart.note = "n";
    cart.done = true;
    cart.secret = "changed";
    cart.totals.put(new Sku("a", 1), 3);
    ((Base) cart).inherited = 9;

    Cart back = roundTrip(new TypeRef<Cart>() {}, cart);

    assertThat(back).isEqualTo(cart);
    assertThat(((Base) back).inherited).isEqualTo(9);
    assertThat(back.secret).isEqualTo("initial");
  }
}
