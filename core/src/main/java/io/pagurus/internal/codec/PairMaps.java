package io.pagurus.internal.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.MapType;

/**
 * Maps whose keys cannot be the names of a JSON object without loss: they are written as an array
 * of pairs, {@code [[key,value],...]}, with each key in its full form.
 */
final class PairMaps {
  /** Keys whose text is exact and can be read back. */
  private static final Set<Class<?>> NAMES =
      Set.of(
          String.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Boolean.class,
          UUID.class);

  private PairMaps() {}

  /** Whether maps with these keys are written as pairs. */
  static boolean needed(JavaType keys) {
    return !NAMES.contains(keys.getRawClass()) && !keys.isEnumType();
  }

  /** Adds both directions to a mapper. */
  static final class Module extends SimpleModule {
    private static final long serialVersionUID = 1L;

    Module() {
      super("pagurus-pair-maps");
    }

    @Override
    public void setupModule(SetupContext context) {
      super.setupModule(context);
      context.addSerializers(new Writers());
      context.addDeserializers(new Readers());
    }
  }

  private static final class Writers extends Serializers.Base {
    @Override
    public @Nullable ValueSerializer<?> findMapSerializer(
        SerializationConfig config,
        MapType type,
        BeanDescription.Supplier description,
        com.fasterxml.jackson.annotation.JsonFormat.Value format,
        ValueSerializer<Object> keySerializer,
        TypeSerializer valueTypeSerializer,
        ValueSerializer<Object> valueSerializer) {
      return needed(type.getKeyType()) ? new Writer(type, null, null) : null;
    }
  }

  private static final class Readers extends Deserializers.Base {
    @Override
    public @Nullable ValueDeserializer<?> findMapDeserializer(
        MapType type,
        DeserializationConfig config,
        BeanDescription.Supplier description,
        KeyDeserializer keyDeserializer,
        TypeDeserializer valueTypeDeserializer,
        ValueDeserializer<?> valueDeserializer) {
      return needed(type.getKeyType())
          ? new Reader(type, creator(type.getRawClass()), null, null)
          : null;
    }

    @Override
    public boolean hasDeserializerFor(DeserializationConfig config, Class<?> valueType) {
      return false;
    }
  }

  private static final class Writer extends StdSerializer<Map<?, ?>> {
    private final MapType type;
    private final @Nullable ValueSerializer<Object> keys;
    private final @Nullable ValueSerializer<Object> values;

    Writer(
        MapType type,
        @Nullable ValueSerializer<Object> keys,
        @Nullable ValueSerializer<Object> values) {
      super(type);
      this.type = type;
      this.keys = keys;
      this.values = values;
    }

    @Override
    public ValueSerializer<?> createContextual(
        SerializationContext context, @Nullable BeanProperty property) {
      return new Writer(
          type, fixed(context, type.getKeyType()), fixed(context, type.getContentType()));
    }

    /** The serializer of the declared type, or null if each element brings its own by its name. */
    private static @Nullable ValueSerializer<Object> fixed(
        SerializationContext context, JavaType type) {
      return context.findTypeSerializer(type) == null
          ? context.findContentValueSerializer(type, null)
          : null;
    }

    @Override
    public boolean isEmpty(SerializationContext context, Map<?, ?> map) {
      return map.isEmpty();
    }

    @Override
    public void serialize(Map<?, ?> map, JsonGenerator out, SerializationContext context) {
      out.writeStartArray(map);
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeStartArray();
        write(entry.getKey(), type.getKeyType(), keys, out, context);
        write(entry.getValue(), type.getContentType(), values, out, context);
        out.writeEndArray();
      }
      out.writeEndArray();
    }

    private static void write(
        @Nullable Object part,
        JavaType type,
        @Nullable ValueSerializer<Object> serializer,
        JsonGenerator out,
        SerializationContext context) {
      if (part == null) {
        out.writeNull();
      } else if (serializer != null) {
        serializer.serialize(part, out, context);
      } else {
        JavaType actual = context.constructSpecializedType(type, part.getClass());
        context.findTypedValueSerializer(actual, true).serialize(part, out, context);
      }
    }
  }

  private static final class Reader extends StdDeserializer<Map<Object, Object>> {
    private final MapType type;
    private final Supplier<Map<Object, Object>> empty;
    private final @Nullable ValueDeserializer<Object> keys;
    private final @Nullable ValueDeserializer<Object> values;

    Reader(
        MapType type,
        Supplier<Map<Object, Object>> empty,
        @Nullable ValueDeserializer<Object> keys,
        @Nullable ValueDeserializer<Object> values) {
      super(type);
      this.type = type;
      this.empty = empty;
      this.keys = keys;
      this.values = values;
    }

    @Override
    public ValueDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property) {
      return new Reader(
          type,
          empty,
          context.findRootValueDeserializer(type.getKeyType()),
          context.findRootValueDeserializer(type.getContentType()));
    }

    @Override
    public Map<Object, Object> deserialize(JsonParser in, DeserializationContext context) {
      if (keys == null || values == null) {
        throw new IllegalStateException("used before createContextual");
      }
      expect(in, context, JsonToken.START_ARRAY, in.currentToken());
      Map<Object, Object> map = empty.get();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        expect(in, context, JsonToken.START_ARRAY, in.currentToken());
        in.nextToken();
        Object key = read(in, context, keys);
        in.nextToken();
        Object value = read(in, context, values);
        expect(in, context, JsonToken.END_ARRAY, in.nextToken());
        map.put(key, value);
      }
      return map;
    }

    private static Object read(
        JsonParser in, DeserializationContext context, ValueDeserializer<Object> part) {
      return in.hasToken(JsonToken.VALUE_NULL)
          ? part.getNullValue(context)
          : part.deserialize(in, context);
    }

    private void expect(
        JsonParser in, DeserializationContext context, JsonToken wanted, JsonToken found) {
      if (found != wanted) {
        context.reportWrongTokenException(
            this, wanted, "a map with keys of %s is stored as pairs", type.getKeyType());
      }
    }
  }

  /** How to make an empty map of a declared class; as Jackson does it for other maps. */
  private static Supplier<Map<Object, Object>> creator(Class<?> type) {
    if (type.isAssignableFrom(LinkedHashMap.class)) {
      return LinkedHashMap::new;
    } else if (type.isAssignableFrom(TreeMap.class)) {
      return TreeMap::new;
    } else if (type.isAssignableFrom(ConcurrentHashMap.class)) {
      return ConcurrentHashMap::new;
    } else if (type.isAssignableFrom(ConcurrentSkipListMap.class)) {
      return ConcurrentSkipListMap::new;
    }
    Constructor<?> constructor;
    try {
      constructor = type.getDeclaredConstructor();
      if (Modifier.isAbstract(type.getModifiers())) {
        throw new IllegalArgumentException("it is abstract");
      }
      if (!Modifier.isPublic(constructor.getModifiers() & type.getModifiers())) {
        constructor.setAccessible(true);
      }
    } catch (NoSuchMethodException | RuntimeException e) {
      throw new IllegalArgumentException(
          "no empty " + type.getName() + " can be made: it needs a constructor without parameters",
          e);
    }
    return () -> create(constructor);
  }

  @SuppressWarnings("unchecked") // only classes of maps come here
  private static Map<Object, Object> create(Constructor<?> constructor) {
    try {
      return (Map<Object, Object>) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(constructor + " failed", e);
    }
  }
}
