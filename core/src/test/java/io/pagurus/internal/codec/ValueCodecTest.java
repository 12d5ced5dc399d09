package io.pagurus.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.TypeRef;
import io.pagurus.spi.Codec;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueCodecTest {
  record Sku(String code, int size) {}

  private final Codecs codecs = new Codecs(null, Set.of());

  private record Sample(Type type, Object value) {}

  private static final Map<String, Sample> SAMPLES = new LinkedHashMap<>();

  static {
    SAMPLES.put(
        "List of String",
        new Sample(new TypeRef<List<String>>() {}.type(), Arrays.asList("a", null)));
    SAMPLES.put("BigDecimal", new Sample(BigDecimal.class, new BigDecimal("12.50")));
    SAMPLES.put(
        "Instant", new Sample(Instant.class, Instant.parse("2024-02-29T12:00:00.000000001Z")));
    SAMPLES.put("enum", new Sample(TimeUnit.class, TimeUnit.HOURS));
    Map<String, Double> doubles = new LinkedHashMap<>();
    doubles.put("x", 1.5);
    doubles.put("y", Double.NaN);
    SAMPLES.put(
        "Map of String to Double",
        new Sample(new TypeRef<Map<String, Double>>() {}.type(), doubles));
    SAMPLES.put(
        "Map of record to int",
        new Sample(new TypeRef<Map<Sku, Integer>>() {}.type(), Map.of(new Sku("a", 1), 7)));
    SAMPLES.put(
        "Optional of String",
        new Sample(new TypeRef<Optional<String>>() {}.type(), Optional.of("x")));
    SAMPLES.put("record", new Sample(Sku.class, new Sku("a", 1)));
  }

  private static final Pattern ROW =
      Pattern.compile("^ \\* (\\w[\\w ]*?) +([\\[{\"0-9]\\S*?),?( .*)?$");

  @Test
  void samples_ofTheJavadoc_holdInBothDirections() throws Exception {
    String source =
        Files.readString(Path.of("src/main/java/io/pagurus/internal/codec/JsonValues.java"));
    String table = source.substring(source.indexOf("<pre>"), source.indexOf("</pre>"));
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : table.lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), row.group(2));
      }
    }
    assertThat(rows.keySet()).isEqualTo(SAMPLES.keySet());
    rows.forEach(
        (name, json) -> {
          Sample sample = Objects.requireNonNull(SAMPLES.get(name));
          ValueCodec<Object> codec = codecs.values(sample.type);
          assertThat(new String(codec.encode(sample.value), UTF_8)).as(name).isEqualTo(json);
          assertThat(codec.decode(json.getBytes(UTF_8))).as(name).isEqualTo(sample.value);
        });
  }

  @Test
  void directValues_haveTheirOwnIdsAndNoSharedArrays() {
    assertThat(codecs.values(int.class).id()).isEqualTo("int32");
    assertThat(codecs.values(String.class).id()).isEqualTo("string");
    assertThat(codecs.values(UUID.class).id()).isEqualTo("uuid");
    assertThat(codecs.values(Sku.class).id()).isEqualTo("json");
    ValueCodec<byte[]> bytes = codecs.values(byte[].class);
    assertThat(bytes.id()).isEqualTo("bytes");
    byte[] value = {1, 2};
    byte[] encoded = bytes.encode(value);
    value[0] = 9;
    assertThat(bytes.decode(encoded)).containsExactly(1, 2).isNotSameAs(encoded);
  }

  /** What the constructors of records can be like, for whom they are called. */
  private record Words(int count, String... words) {
    Words {
      if (count != words.length) {
        throw new IllegalStateException("there are " + words.length + " words");
      }
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Words that && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(words);
    }
  }

  private record Part(char kind, @Nullable Integer size, double weight) {}

  @Test
  void decode_privateRecordWithVarargs_callsItsConstructor() {
    ValueCodec<Words> codec = codecs.values(Words.class);
    for (Words words : List.of(new Words(2, "a", "b"), new Words(1, "a"), new Words(0))) {
      assertThat(codec.decode(codec.encode(words))).isEqualTo(words);
    }
  }

  @Test
  void decode_constructorRefuses_saysWhy() {
    ValueCodec<Words> codec = codecs.values(Words.class);
    assertThatThrownBy(() -> codec.decode("{\"count\":2,\"words\":[\"a\"]}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there are 1 words");
  }

  @Test
  void decode_recordWithoutSomeOfItsComponents_fillsInNothing() {
    ValueCodec<Part> codec = codecs.values(Part.class);
    assertThat(codec.decode("{\"weight\":1.5}".getBytes(UTF_8)))
        .isEqualTo(new Part((char) 0, null, 1.5));
  }

  record Deep(Sku sku, Optional<Instant> at, @Nullable TimeUnit unit) {}

  record WithList(List<String> list) {}

  record Box<T>(T content) {}

  record Chain(int x, @Nullable Chain next) {}

  static final class Money {
    final long cents = 0;
  }

  record Price(Money money) {}

  @Test
  void immutable_onlyWhenNothingInsideCanChange() {
    for (Type type :
        List.of(
            String.class,
            long.class,
            UUID.class,
            BigDecimal.class,
            TimeUnit.class,
            ZonedDateTime.class,
            Deep.class,
            Chain.class,
            new TypeRef<Box<Optional<Sku>>>() {}.type())) {
      assertThat(codecs.values(type).immutable()).as(type.getTypeName()).isTrue();
    }
    for (Type type :
        List.of(
            byte[].class,
            WithList.class,
            Price.class,
            new TypeRef<List<String>>() {}.type(),
            new TypeRef<Box<List<String>>>() {}.type(),
            new TypeRef<Box<int[]>>() {}.type(),
            new TypeRef<Optional<Map<String, String>>>() {}.type())) {
      assertThat(codecs.values(type).immutable()).as(type.getTypeName()).isFalse();
    }
    assertThat(new Codecs(null, Set.of(Money.class)).values(Price.class).immutable()).isTrue();
  }

  private static Codec<String> reversing(String id) {
    return new Codec<>() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public byte[] encode(String value) {
        return new StringBuilder(value).reverse().toString().getBytes(UTF_8);
      }

      @Override
      public String decode(byte[] bytes) {
        throw new IllegalStateException("broken");
      }
    };
  }

  @Test
  void userProvider_isAskedFirst_andItsFailuresAreWrapped() {
    Codecs mine = new Codecs(type -> type == String.class ? reversing("mine") : null, Set.of());
    ValueCodec<String> codec = mine.values(String.class);
    assertThat(codec.id()).isEqualTo("mine");
    assertThat(codec.encode("abc")).isEqualTo("cba".getBytes(UTF_8));
    assertThatThrownBy(() -> codec.decode(new byte[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("broken");
    assertThat(mine.values(Sku.class).id()).isEqualTo("json");
    Codecs bad = new Codecs(type -> reversing("no good!"), Set.of());
    assertThatThrownBy(() -> bad.values(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'no good!'");
  }

  @Test
  void largeValues_ofTensOfMegabytes_roundTrip() {
    ValueCodec<List<String>> codec = codecs.values(new TypeRef<List<String>>() {}.type());
    List<String> value = List.of("x".repeat(30_000_000), "é".repeat(5_000_000));
    assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    ValueCodec<Map<String, byte[]>> map =
        codecs.values(new TypeRef<Map<String, byte[]>>() {}.type());
    String longName = "n".repeat(200_000);
    byte[] back = map.decode(map.encode(Map.of(longName, new byte[20_000_000]))).get(longName);
    assertThat(back).hasSize(20_000_000);
  }

  @Test
  void encodeAndDecode_fromManyThreads_giveTheSameBytes() throws Exception {
    ValueCodec<Map<Sku, List<Deep>>> codec =
        codecs.values(new TypeRef<Map<Sku, List<Deep>>>() {}.type());
    Map<Sku, List<Deep>> value = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      Sku sku = new Sku("s" + i, i);
      value.put(sku, List.of(new Deep(sku, Optional.of(Instant.EPOCH), TimeUnit.DAYS)));
    }
    byte[] expected = codec.encode(value);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        tasks.add(
            () ->
                Arrays.equals(codec.encode(value), expected)
                    && codec.decode(expected).equals(value));
      }
      for (Future<Boolean> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
