package io.pagurus.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the key encoding of a type, or says why there is none. */
final class KeyCodecs {
  private static final String ALLOWED =
      "Allowed are String, the boxed numbers, BigInteger, BigDecimal, Character, Boolean, UUID, enums,"
          + " the java.time types (not ZonedDateTime), and records of these.";

  private static final int MAX_ID = 64;

  private KeyCodecs() {}

  /**
   * The format of {@code type}.
   *
   * @throws IllegalArgumentException when there is none
   */
  static KeyFormat<?> of(Type type) {
    return of(Types.box(type), Types.name(type), new LinkedHashSet<>());
  }

  private static KeyFormat<?> of(Type type, String path, Set<Type> outer) {
    KeyFormat<?> single = KeyFormats.single(type);
    if (single != null) {
      return single;
    }
    if (Types.unresolved(type) != null) {
      throw refused(path, "what the type variable " + type + " stands for is not known here");
    }
    Class<?> raw = Types.raw(type);
    String reason = reasonAgainst(raw);
    if (reason != null) {
      throw refused(path, reason);
    }
    if (!outer.add(type)) {
      throw refused(path, "the record contains itself");
    }
    KeyFormat<?> format = record(type, raw, path, outer);
    outer.remove(type);
    return format;
  }

  private static @Nullable String reasonAgainst(Class<?> type) {
    if (type.isRecord()) {
      return null;
    } else if (type.isArray()) {
      return "arrays compare by identity, so a key that was read back would equal no other";
    } else if (type == ZonedDateTime.class) {
      return "what a ZonedDateTime equals changes with the time zone rules of the JDK; use Instant or"
          + " OffsetDateTime";
    } else if (Iterable.class.isAssignableFrom(type)
        || java.util.Map.class.isAssignableFrom(type)) {
      return "collections are mutable and may be equal with different content order";
    } else if (type == Object.class || type == Number.class || type.isInterface()) {
      return "it says nothing about what the keys really are";
    }
    return "it has no encoding whose bytes are known to agree with its equals method";
  }

  private static <K> KeyFormat<K> record(Type type, Class<K> raw, String path, Set<Type> outer) {
    List<RecordKeyFormat.Part> parts = new ArrayList<>();
    RecordComponent[] components = raw.getRecordComponents();
    Class<?>[] erased = new Class<?>[components.length];
    StringBuilder id = new StringBuilder("record.").append(components.length);
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      erased[i] = component.getType();
      Type declared = Types.box(Types.resolve(component.getGenericType(), type));
      @SuppressWarnings("unchecked") // the accessor gives what the component is declared to be
      KeyFormat<Object> format =
          (KeyFormat<Object>) of(declared, path + "." + component.getName(), outer);
      boolean nullable = !component.getType().isPrimitive();
      Method accessor = component.getAccessor();
      open(accessor, raw, path);
      parts.add(new RecordKeyFormat.Part(component.getName(), accessor, format, nullable));
      id.append('.').append(format.partId(nullable));
    }
    return new RecordKeyFormat<>(
        shorten(id.toString()), type, constructor(raw, erased, path), List.copyOf(parts));
  }

  private static <K> Constructor<K> constructor(Class<K> raw, Class<?>[] parameters, String path) {
    try {
      Constructor<K> constructor = raw.getDeclaredConstructor(parameters);
      open(constructor, raw, path);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new AssertionError("a record without its canonical constructor: " + raw, e);
    }
  }

  private static void open(java.lang.reflect.AccessibleObject member, Class<?> type, String path) {
    try {
      member.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new IllegalArgumentException(path + " cannot be a key: " + Modules.howToOpen(type), e);
    }
  }

  /** The id itself, or its digest when it is too long. */
  private static String shorten(String id) {
    if (id.length() <= MAX_ID) {
      return id;
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8));
      return "record." + HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static IllegalArgumentException refused(String path, String reason) {
    return new IllegalArgumentException(path + " cannot be a key: " + reason + ". " + ALLOWED);
  }
}
