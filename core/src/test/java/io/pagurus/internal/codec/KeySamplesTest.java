package io.pagurus.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Reads the tables of samples in the Javadoc of {@link KeyFormats}: they hold for ever. */
class KeySamplesTest {
  record Sku(String code, int size) {}

  private static final Map<String, Object> SAMPLES = new LinkedHashMap<>();

  static {
    SAMPLES.put("string", "Zoë");
    SAMPLES.put("int8", (byte) -1);
    SAMPLES.put("int16", (short) 258);
    SAMPLES.put("int32", -2);
    SAMPLES.put("int64", 1L);
    SAMPLES.put("char", 'A');
    SAMPLES.put("bool", true);
    SAMPLES.put("float32", 1.5f);
    SAMPLES.put("float64", -2.5);
    SAMPLES.put("uuid", UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
    SAMPLES.put("bigint", BigInteger.valueOf(-256));
    SAMPLES.put("decimal", new BigDecimal("12.50"));
    SAMPLES.put("enum", TimeUnit.HOURS);
    SAMPLES.put("instant", Instant.parse("1970-01-01T00:00:01.000000002Z"));
    SAMPLES.put("duration", Duration.ofSeconds(-1));
    SAMPLES.put("date", LocalDate.parse("1970-01-02"));
    SAMPLES.put("time", LocalTime.parse("00:00:00.000000255"));
    SAMPLES.put("datetime", LocalDateTime.parse("1970-01-02T00:00:00.000000001"));
    SAMPLES.put("offsetdatetime", OffsetDateTime.parse("1970-01-01T01:00:00+01:00"));
    SAMPLES.put("offsettime", OffsetTime.parse("01:00+01:00"));
    SAMPLES.put("year", Year.of(2024));
    SAMPLES.put("yearmonth", YearMonth.parse("2024-02"));
    SAMPLES.put("monthday", MonthDay.parse("--02-29"));
    SAMPLES.put("period", Period.of(1, 2, -1));
    SAMPLES.put("zone", ZoneId.of("Europe/Paris"));
    SAMPLES.put("offset", ZoneOffset.ofHours(1));
    SAMPLES.put("record.2.string.int32", new Sku("a", -2));
  }

  private static final Pattern ROW =
      Pattern.compile("^ \\* (\\S+) +(\\S+(?: \\S+)*?) +((?:[0-9a-f]{2} )*[0-9a-f]{2})$");

  private final Codecs codecs = new Codecs(null, Set.of());

  @Test
  void samples_ofTheJavadoc_holdInBothDirections() throws Exception {
    String source =
        Files.readString(Path.of("src/main/java/io/pagurus/internal/codec/KeyFormats.java"));
    Map<String, byte[]> table = new LinkedHashMap<>();
    for (String line : source.lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        table.put(row.group(1), HexFormat.ofDelimiter(" ").parseHex(row.group(3)));
      }
    }

    assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(SAMPLES.keySet());
    table.forEach(
        (id, bytes) -> {
          Object key = Objects.requireNonNull(SAMPLES.get(id));
          KeyCodec<Object> codec = codecs.keys(typeOf(key));
          assertThat(codec.id()).isEqualTo(id);
          assertThat(codec.encode(key)).as(id).isEqualTo(bytes);
          assertThat(codec.decode(bytes)).as(id).isEqualTo(key);
        });
  }

  private static Type typeOf(Object key) {
    return key instanceof ZoneId && !(key instanceof ZoneOffset) ? ZoneId.class : key.getClass();
  }
}
