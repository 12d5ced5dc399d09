package io.pagurus.internal.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import io.pagurus.spi.Codec;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleAbstractTypeResolver;
import tools.jackson.databind.type.LogicalType;

/**
 * Values as JSON, by their declared types: no class name is ever written or read. Immutable and
 * thread-safe.
 *
 * <p>Classes are stored by their fields (without transient ones), records by their components,
 * enums by constant name, times in ISO 8601, byte arrays in Base64, maps with keys that are not
 * scalars as arrays of pairs. Unknown properties are ignored, missing ones keep what the
 * constructor gave them. Samples (the test reads this table):
 *
 * <pre>
 * List of String          ["a",null]
 * BigDecimal              12.50
 * Instant                 "2024-02-29T12:00:00.000000001Z"
 * enum                    "HOURS"
 * Map of String to Double {"x":1.5,"y":"NaN"}
 * Map of record to int    [[{"code":"a","size":1},7]]
 * Optional of String      "x", and null for an empty one
 * record                  {"code":"a","size":1}
 * </pre>
 */
final class JsonValues {
  /** Deep enough for any sensible value, shallow enough for any stack. */
  private static final int MAX_DEPTH = 500;

  private final JsonMapper mapper = mapper();
  private final JsonTypeCheck check = new JsonTypeCheck(mapper);

  private static JsonMapper mapper() {
    // Whatever could be written must be readable again: lengths are bounded by the array they are
    // read from, and what grows faster than it (depth, digits) has the same bound at both ends.
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(LongNumbers.MAX_LENGTH)
                    .build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    return JsonMapper.builder(factory)
        .changeDefaultVisibility(
            v ->
                v.withVisibility(PropertyAccessor.FIELD, Visibility.ANY)
                    .withVisibility(PropertyAccessor.GETTER, Visibility.NONE)
                    .withVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                    .withVisibility(PropertyAccessor.SETTER, Visibility.NONE))
        .polymorphicTypeValidator(new NoClassNames())
        .addModule(new PairMaps.Module())
        .addModule(new LongNumbers())
        .addModule(new WholeText())
        .addModule(new ExactClasses())
        .addModule(new DirectCreators())
        // A Set keeps the order it had, so that reading and writing gives the same bytes.
        .addAbstractTypeResolver(
            new SimpleAbstractTypeResolver().addMapping(Set.class, LinkedHashSet.class))
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(MapperFeature.USE_STATIC_TYPING)
        .enable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
        .disable(MapperFeature.INFER_PROPERTY_MUTATORS)
        .disable(MapperFeature.USE_GETTERS_AS_SETTERS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            c ->
                c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .disable(SerializationFeature.CLOSE_CLOSEABLE)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
        .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .disable(DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .build();
  }

  /**
   * The codec of {@code type}.
   *
   * @throws IllegalArgumentException when no value of it could be written and read back
   */
  Codec<?> codec(Type type) {
    JsonTypeCheck.Checked checked = check.check(type);
    return new Json(
        mapper.writerFor(checked.type()).withAttribute(ExactClasses.KNOWN, checked.classes()),
        mapper.readerFor(checked.type()));
  }

  private record Json(ObjectWriter writer, ObjectReader reader) implements Codec<Object> {
    @Override
    public String id() {
      return "json";
    }

    @Override
    public byte[] encode(Object value) {
      try {
        return writer.writeValueAsBytes(value);
      } catch (JacksonException e) {
        throw new IllegalArgumentException(JsonMessages.of(e), e);
      }
    }

    @Override
    public Object decode(byte[] bytes) {
      try {
        return reader.readValue(bytes);
      } catch (JacksonException e) {
        throw new IllegalArgumentException(JsonMessages.of(e), e);
      }
    }
  }
}
