package io.pagurus.internal.codec;

import static io.pagurus.internal.codec.Bytes.getInt;
import static io.pagurus.internal.codec.Bytes.getLong;
import static io.pagurus.internal.codec.Bytes.getShort;
import static io.pagurus.internal.codec.Bytes.ordered;
import static io.pagurus.internal.codec.Bytes.putInt;
import static io.pagurus.internal.codec.Bytes.putLong;
import static io.pagurus.internal.codec.Bytes.putShort;

import java.lang.reflect.Type;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The key encodings of single types. These bytes are on storage: an encoding is never changed, a
 * better one gets another id.
 *
 * <p>Unsigned bytes order as the keys do wherever the keys have an order. Samples, in hexadecimal
 * (the test reads this table):
 *
 * <pre>
 * id          key                                   bytes
 * string      Zoë                                   5a 6f c3 ab
 * int8        -1                                    7f
 * int16       258                                   81 02
 * int32       -2                                    7f ff ff fe
 * int64       1                                     80 00 00 00 00 00 00 01
 * char        A                                     00 41
 * bool        true                                  01
 * float32     1.5                                   bf c0 00 00
 * float64     -2.5                                  3f fb ff ff ff ff ff ff
 * uuid        00112233-4455-6677-8899-aabbccddeeff  00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff
 * bigint      -256                                  7f ff ff ff fd fe ff
 * decimal     12.50                                 81 80 00 00 00 00 00 00 02 31 32 35 00 80 00 00 02
 * enum        HOURS                                 48 4f 55 52 53
 * instant     1970-01-01T00:00:01.000000002Z        80 00 00 00 00 00 00 01 00 00 00 02
 * duration    PT-1S                                 7f ff ff ff ff ff ff ff 00 00 00 00
 * date        1970-01-02                            80 00 00 00 00 00 00 01
 * time        00:00:00.000000255                    00 00 00 00 00 00 00 ff
 * datetime    1970-01-02T00:00:00.000000001         80 00 00 00 00 00 00 01 00 00 00 00 00 00 00 01
 * offsetdatetime 1970-01-01T01:00:00+01:00          80 00 00 00 00 00 00 00 00 00 00 00 80 00 0e 10
 * offsettime  01:00+01:00                           80 00 00 00 00 00 00 00 80 00 0e 10
 * year        2024                                  80 00 07 e8
 * yearmonth   2024-02                               80 00 07 e8 02
 * monthday    --02-29                               02 1d
 * period      P1Y2M-1D                              80 00 00 01 80 00 00 02 7f ff ff ff
 * zone        Europe/Paris                          45 75 72 6f 70 65 2f 50 61 72 69 73
 * offset      +01:00                                80 00 0e 10
 * </pre>
 *
 * <p>A record is the parts of its components in their order. A fixed-length part or a record is
 * preceded by {@code 01}, or is {@code 00} alone for null; a primitive has no such byte. A text
 * part ends with {@code 00 01}, writes a zero as {@code 00 FF}, and is {@code 00 00} for null. Its
 * id names the parts, not the components: renaming a component is safe, reordering two of the same
 * type is not noticed.
 *
 * <pre>
 * id                        key                     bytes
 * record.2.string.int32     Sku[code=a, size=-2]    61 00 01 7f ff ff fe
 * </pre>
 */
final class KeyFormats {
  private static final Map<Class<?>, KeyFormat<?>> SINGLE = new HashMap<>();

  static {
    add(TextKeyFormat.ofStrings());
    add("int8", Byte.class, 1, true, (k, to, at) -> to[at] = (byte) (k ^ 0x80), KeyFormats::int8);
    add(
        "int16",
        Short.class,
        2,
        true,
        (k, to, at) -> putShort(to, at, (short) (k ^ 0x8000)),
        (from, at) -> (short) (getShort(from, at) ^ 0x8000));
    add(
        "int32",
        Integer.class,
        4,
        true,
        (k, to, at) -> putInt(to, at, ordered(k)),
        (from, at) -> ordered(getInt(from, at)));
    add(
        "int64",
        Long.class,
        8,
        true,
        (k, to, at) -> putLong(to, at, ordered(k)),
        (from, at) -> ordered(getLong(from, at)));
    add(
        "char",
        Character.class,
        2,
        true,
        (k, to, at) -> putShort(to, at, (short) (char) k),
        (from, at) -> (char) getShort(from, at));
    add(
        "bool",
        Boolean.class,
        1,
        false,
        (k, to, at) -> to[at] = (byte) (k ? 1 : 0),
        (from, at) -> from[at] != 0);
    add(
        "float32",
        Float.class,
        4,
        false,
        (k, to, at) -> putInt(to, at, orderedBits(Float.floatToIntBits(k))),
        (from, at) -> Float.intBitsToFloat(bitsOfOrdered(getInt(from, at))));
    add(
        "float64",
        Double.class,
        8,
        false,
        (k, to, at) -> putLong(to, at, orderedBits(Double.doubleToLongBits(k))),
        (from, at) -> Double.longBitsToDouble(bitsOfOrdered(getLong(from, at))));
    add(
        "uuid",
        UUID.class,
        16,
        true,
        (k, to, at) -> {
          putLong(to, at, k.getMostSignificantBits());
          putLong(to, at + 8, k.getLeastSignificantBits());
        },
        (from, at) -> new UUID(getLong(from, at), getLong(from, at + 8)));
    add(new NumberKeyFormat.OfIntegers());
    add(new NumberKeyFormat.OfDecimals());
    addTimes();
  }

  private KeyFormats() {}

  private static void addTimes() {
    add(
        "instant",
        Instant.class,
        12,
        false,
        (k, to, at) -> {
          putLong(to, at, ordered(k.getEpochSecond()));
          putInt(to, at + 8, k.getNano());
        },
        (from, at) -> Instant.ofEpochSecond(ordered(getLong(from, at)), getInt(from, at + 8)));
    add(
        "duration",
        Duration.class,
        12,
        false,
        (k, to, at) -> {
          putLong(to, at, ordered(k.getSeconds()));
          putInt(to, at + 8, k.getNano());
        },
        (from, at) -> Duration.ofSeconds(ordered(getLong(from, at)), getInt(from, at + 8)));
    add("date", LocalDate.class, 8, false, KeyFormats::putDate, KeyFormats::getDate);
    add(
        "time",
        LocalTime.class,
        8,
        false,
        (k, to, at) -> putLong(to, at, k.toNanoOfDay()),
        (from, at) -> LocalTime.ofNanoOfDay(getLong(from, at)));
    add(
        "datetime",
        LocalDateTime.class,
        16,
        false,
        (k, to, at) -> {
          putDate(k.toLocalDate(), to, at);
          putLong(to, at + 8, k.toLocalTime().toNanoOfDay());
        },
        (from, at) -> getDate(from, at).atTime(LocalTime.ofNanoOfDay(getLong(from, at + 8))));
    add(
        "offsetdatetime",
        OffsetDateTime.class,
        16,
        false,
        (k, to, at) -> {
          putLong(to, at, ordered(k.toEpochSecond()));
          putInt(to, at + 8, k.getNano());
          putOffset(k.getOffset(), to, at + 12);
        },
        (from, at) -> {
          ZoneOffset offset = getOffset(from, at + 12);
          return LocalDateTime.ofEpochSecond(
                  ordered(getLong(from, at)), getInt(from, at + 8), offset)
              .atOffset(offset);
        });
    add(
        "offsettime",
        OffsetTime.class,
        12,
        false,
        (k, to, at) -> {
          long offsetNanos = k.getOffset().getTotalSeconds() * 1_000_000_000L;
          putLong(to, at, ordered(k.toLocalTime().toNanoOfDay() - offsetNanos));
          putOffset(k.getOffset(), to, at + 8);
        },
        (from, at) -> {
          ZoneOffset offset = getOffset(from, at + 8);
          long offsetNanos = offset.getTotalSeconds() * 1_000_000_000L;
          return LocalTime.ofNanoOfDay(ordered(getLong(from, at)) + offsetNanos).atOffset(offset);
        });
    add(
        "year",
        Year.class,
        4,
        false,
        (k, to, at) -> putInt(to, at, ordered(k.getValue())),
        (from, at) -> Year.of(ordered(getInt(from, at))));
    add(
        "yearmonth",
        YearMonth.class,
        5,
        false,
        (k, to, at) -> {
          putInt(to, at, ordered(k.getYear()));
          to[at + 4] = (byte) k.getMonthValue();
        },
        (from, at) -> YearMonth.of(ordered(getInt(from, at)), from[at + 4]));
    add(
        "monthday",
        MonthDay.class,
        2,
        false,
        (k, to, at) -> {
          to[at] = (byte) k.getMonthValue();
          to[at + 1] = (byte) k.getDayOfMonth();
        },
        (from, at) -> MonthDay.of(Month.of(from[at]), from[at + 1]));
    add(
        "period",
        Period.class,
        12,
        true,
        (k, to, at) -> {
          putInt(to, at, ordered(k.getYears()));
          putInt(to, at + 4, ordered(k.getMonths()));
          putInt(to, at + 8, ordered(k.getDays()));
        },
        (from, at) ->
            Period.of(
                ordered(getInt(from, at)),
                ordered(getInt(from, at + 4)),
                ordered(getInt(from, at + 8))));
    add(new TextKeyFormat<>("zone", ZoneId.class, ZoneId::getId, ZoneId::of));
    add("offset", ZoneOffset.class, 4, false, KeyFormats::putOffset, KeyFormats::getOffset);
    add(enumFormat(DayOfWeek.class));
    add(enumFormat(Month.class));
  }

  private static <K> void add(
      String id,
      Class<K> type,
      int length,
      boolean exact,
      FixedKeyFormat.Put<K> put,
      FixedKeyFormat.Get<K> get) {
    add(new FixedKeyFormat<>(id, type, length, exact, put, get));
  }

  private static void add(KeyFormat<?> format) {
    SINGLE.put((Class<?>) format.type(), format);
  }

  /** The format of {@code type}, or null if it has none of its own. */
  static @Nullable KeyFormat<?> single(Type type) {
    if (!(type instanceof Class<?> c)) {
      return null;
    }
    return c.isEnum() ? enumFormat(c) : SINGLE.get(c);
  }

  private static <E> KeyFormat<E> enumFormat(Class<E> type) {
    Map<String, E> byName = new HashMap<>();
    for (E constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return new TextKeyFormat<>(
        "enum",
        type,
        constant -> ((Enum<?>) constant).name(),
        name -> {
          E constant = byName.get(name);
          if (constant == null) {
            throw new IllegalArgumentException("the enum has no constant '" + name + "'");
          }
          return constant;
        });
  }

  private static byte int8(byte[] from, int at) {
    return (byte) (from[at] ^ 0x80);
  }

  /** Positive numbers get the sign bit, negative ones are inverted: the order of compareTo. */
  private static int orderedBits(int bits) {
    return bits < 0 ? ~bits : ordered(bits);
  }

  private static int bitsOfOrdered(int bits) {
    return bits < 0 ? ordered(bits) : ~bits;
  }

  private static long orderedBits(long bits) {
    return bits < 0 ? ~bits : ordered(bits);
  }

  private static long bitsOfOrdered(long bits) {
    return bits < 0 ? ordered(bits) : ~bits;
  }

  private static void putDate(LocalDate date, byte[] to, int at) {
    putLong(to, at, ordered(date.toEpochDay()));
  }

  private static LocalDate getDate(byte[] from, int at) {
    return LocalDate.ofEpochDay(ordered(getLong(from, at)));
  }

  private static void putOffset(ZoneOffset offset, byte[] to, int at) {
    putInt(to, at, ordered(offset.getTotalSeconds()));
  }

  private static ZoneOffset getOffset(byte[] from, int at) {
    return ZoneOffset.ofTotalSeconds(ordered(getInt(from, at)));
  }
}
