package io.pagurus.internal.codec;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.impl.UnknownSerializer;

/**
 * Walks through a type before the first value of it is written, so that a type that cannot be
 * stored is found when a handle is asked for and not by the first unlucky value, or, worse, by the
 * first restart. Thread-safe.
 */
final class JsonTypeCheck {
  private final JsonMapper mapper;

  JsonTypeCheck(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * A type that can be stored.
   *
   * @param type as the JSON library sees it
   * @param classes every class that values of it can consist of
   */
  record Checked(JavaType type, Set<Class<?>> classes) {}

  /**
   * Walks through {@code type}.
   *
   * @throws IllegalArgumentException when values of it could not be written and read back; names
   *     the path to the part, the reason and what to do
   */
  Checked check(Type type) {
    TypeVariable<?> variable = Types.unresolved(type);
    if (variable != null) {
      throw refused(
          Types.name(type),
          "what the type variable " + variable + " stands for is not known here",
          "name the type arguments");
    }
    JavaType resolved = mapper.constructType(type);
    Walk walk = new Walk();
    walk.visit(resolved, Types.name(type));
    return new Checked(
        resolved,
        walk.visited.stream().map(JavaType::getRawClass).collect(Collectors.toUnmodifiableSet()));
  }

  private static IllegalArgumentException refused(String path, String reason, String fix) {
    return new IllegalArgumentException(path + " cannot be stored: " + reason + "; " + fix);
  }

  /** One walk; not thread-safe, contexts are not. */
  private final class Walk {
    private final SerializationContext writing = mapper._serializationContext();
    private final DeserializationContext reading = mapper._deserializationContext();
    private final Set<JavaType> visited = new HashSet<>();

    void visit(JavaType type, String path) {
      if (!visited.add(type)) {
        return;
      }
      UnstorableTypes.Refusal refusal = UnstorableTypes.find(type.getRawClass());
      if (refusal != null) {
        throw refused(path + " (" + name(type) + ")", refusal.reason(), refusal.fix());
      }
      if (type.isContainerType() || type.isReferenceType()) {
        visitContent(type, path);
        build(type, path);
      } else {
        visitSingle(type, path);
      }
    }

    private void visitContent(JavaType type, String path) {
      JavaType keys = type.getKeyType();
      if (keys != null) {
        visit(keys, path + "{key}");
      }
      JavaType content = type.getContentType();
      if (content != null) {
        visit(content, path + (keys != null ? "{value}" : type.isReferenceType() ? "{?}" : "[]"));
      }
      List<String> lost = ownFields(type.getRawClass());
      if (!lost.isEmpty()) {
        throw refused(
            path + " (" + name(type) + ")",
            "a collection or map is stored by its elements, its own fields "
                + lost
                + " would be"
                + " lost",
            "hold the collection in a field instead of extending it");
      }
    }

    private void visitSingle(JavaType type, String path) {
      Built built = build(type, path);
      if (built.writer instanceof UnknownSerializer && !type.isAbstract()) {
        throw refused(
            path + " (" + name(type) + ")",
            "it has no fields that are stored",
            "store something that has content, or give a codec for it");
      }
      boolean byName = reading.findTypeDeserializer(type) != null;
      if (byName) {
        visitSubtypes(type, path);
      } else if (built.reader instanceof AbstractDeserializer) {
        throw refused(
            path + " (" + name(type) + ")",
            "it is "
                + (type.isInterface() ? "an interface" : "abstract")
                + ", so it is not known which class to restore",
            "declare a concrete class, or list the classes with @JsonTypeInfo(use = NAME) and"
                + " @JsonSubTypes");
      }
      Class<?> jdk = jdkPart(type.getRawClass());
      if (jdk != null && built.writer instanceof BeanSerializerBase) {
        throw refused(
            path + " (" + name(type) + ")",
            "what " + jdk.getName() + " keeps inside is closed to this library and would be lost",
            "store what it was made from, or give a codec for it");
      }
      if (built.reader instanceof BeanDeserializerBase reader) {
        visitBean(type, path, built.writer, reader);
      }
    }

    private void visitSubtypes(JavaType type, String path) {
      DeserializationConfig config = reading.getConfig();
      AnnotatedClass annotated = AnnotatedClassResolver.resolve(config, type, config);
      for (NamedType subtype :
          config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, annotated)) {
        // a subclass inherits the list of its base, siblings included
        if (type.getRawClass().isAssignableFrom(subtype.getType())) {
          visit(
              mapper.getTypeFactory().constructSpecializedType(type, subtype.getType()),
              path + "<" + subtype.getType().getSimpleName() + ">");
        }
      }
    }

    private void visitBean(
        JavaType type, String path, ValueSerializer<?> writer, BeanDeserializerBase reader) {
      ValueInstantiator creator = reader.getValueInstantiator();
      boolean delegates = creator.canCreateUsingDelegate() || creator.canCreateUsingArrayDelegate();
      if (!(writer instanceof BeanSerializerBase)) {
        if (type.getRawClass().getName().startsWith("java.")) {
          throw refused(
              path + " (" + name(type) + ")",
              "it is written as a single value and cannot be read back",
              "use a type of your own, or a codec for it");
        }
        return; // @JsonValue and its like: the user's own form
      }
      if (!delegates && !creator.canCreateUsingDefault() && !creator.canCreateFromObjectWith()) {
        throw refused(
            path + " (" + name(type) + ")",
            "it has no constructor that could be used",
            "give it one without parameters (it may be private), or make it a record, or annotate"
                + " one with @JsonCreator and @JsonProperty");
      }
      if (delegates) {
        return;
      }
      Set<String> readable = new HashSet<>();
      for (Iterator<SettableBeanProperty> it = reader.properties(); it.hasNext(); ) {
        SettableBeanProperty property = it.next();
        readable.add(property.getName());
        visit(property.getType(), path + "." + property.getName());
      }
      for (Iterator<PropertyWriter> it = writer.properties(); it.hasNext(); ) {
        PropertyWriter property = it.next();
        if (property.getMember() instanceof AnnotatedField
            && !readable.contains(property.getName())
            && !reader.hasAnySetter()) {
          throw refused(
              path + "." + property.getName(),
              "it would be written, but not read back",
              "make it transient if it need not be kept");
        }
      }
    }

    private Built build(JavaType type, String path) {
      try {
        return new Built(
            writing.findValueSerializer(type), reading.findRootValueDeserializer(type));
      } catch (JacksonException e) {
        throw failed(type, path, JsonMessages.of(e), e);
      } catch (RuntimeException e) {
        throw failed(type, path, e.toString(), e);
      }
    }

    private IllegalArgumentException failed(
        JavaType type, String path, String reason, RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof InaccessibleObjectException) {
          reason = Modules.howToOpen(type.getRawClass());
        }
      }
      IllegalArgumentException refusal =
          refused(path + " (" + name(type) + ")", reason, "change the type or give a codec for it");
      refusal.initCause(e);
      return refusal;
    }
  }

  private record Built(ValueSerializer<?> writer, ValueDeserializer<?> reader) {}

  /** The class of the JDK that {@code type} is or extends, or null if it is all the user's own. */
  private static @Nullable Class<?> jdkPart(Class<?> type) {
    for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.getName().startsWith("java.")) {
        return c == Object.class || c == Record.class ? null : c;
      }
    }
    return null;
  }

  private static String name(JavaType type) {
    return type.getRawClass().getTypeName();
  }

  /** The instance fields that a class of the user adds to a collection or map of the JDK. */
  private static List<String> ownFields(Class<?> container) {
    List<String> names = new ArrayList<>();
    for (@Nullable Class<?> c = container;
        c != null && !c.isArray() && !c.getName().startsWith("java.");
        c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
            && !field.isSynthetic()) {
          names.add(field.getName());
        }
      }
    }
    return names;
  }
}
