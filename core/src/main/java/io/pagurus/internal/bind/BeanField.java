package io.pagurus.internal.bind;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StateSerializationException;
import io.pagurus.internal.codec.Codecs;
import io.pagurus.internal.codec.ValueCodec;
import io.pagurus.internal.engine.PlainField;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One plain field of one bean. What is stored is a byte that says whether there is a value, {@code
 * 00} or {@code 01}, and after {@code 01} the value as its codec writes it. Not thread-safe: the
 * engine calls it under the update lock.
 *
 * <pre>
 * long lastOffset = 5          01 80 00 00 00 00 00 00 05
 * String note = "hi"           01 68 69
 * String note = null           00
 * List&lt;String&gt; names = ["a"]  01 5b 22 61 22 5d
 * </pre>
 */
final class BeanField implements PlainField {
  private static final byte NULL = 0;
  private static final byte VALUE = 1;

  private final String name;
  private final StateField field;
  private final Object bean;
  private final ValueCodec<Object> codec;

  private BeanField(String name, StateField field, Object bean, ValueCodec<Object> codec) {
    this.name = name;
    this.field = field;
    this.bean = bean;
    this.codec = codec;
  }

  /** Finds the codec. */
  static BeanField of(String name, StateField field, Object bean, Codecs codecs) {
    try {
      return new BeanField(name, field, bean, codecs.values(field.type()));
    } catch (IllegalArgumentException e) {
      throw new StateSerializationException(
          "@State field " + field + " (stored as '" + name + "') cannot be kept: " + e.getMessage(),
          e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String typeName() {
    return codec.typeName();
  }

  @Override
  public String codecId() {
    return codec.id();
  }

  @Override
  public byte[] encode() {
    Object value = field.get(bean);
    if (value == null) {
      return new byte[] {NULL};
    }
    byte[] content;
    try {
      content = codec.encode(value);
    } catch (IllegalArgumentException e) {
      throw new StateSerializationException(
          "@State field "
              + field
              + " (stored as '"
              + name
              + "', declared as "
              + codec.typeName()
              + ") cannot be encoded: "
              + e.getMessage()
              + "; "
              + fix(e),
          e);
    }
    byte[] bytes = new byte[content.length + 1];
    bytes[0] = VALUE;
    System.arraycopy(content, 0, bytes, 1, content.length);
    return bytes;
  }

  private static String fix(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof java.util.ConcurrentModificationException) {
        return "it was changed meanwhile: change it inside StateStore.update only";
      }
    }
    return "change what it holds or how it is declared";
  }

  @Override
  public void set(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] < NULL || bytes[0] > VALUE) {
      throw incompatible("this is not the content of a plain field", bytes, null);
    }
    if (bytes[0] == NULL) {
      if (bytes.length > 1) {
        throw incompatible("null is followed by other bytes", bytes, null);
      } else if (field.field().getType().isPrimitive()) {
        throw incompatible("a primitive cannot be null", bytes, null);
      }
      field.set(bean, null);
      return;
    }
    try {
      field.set(bean, codec.decode(Arrays.copyOfRange(bytes, 1, bytes.length)));
    } catch (IllegalArgumentException e) {
      throw incompatible(String.valueOf(e.getMessage()), bytes, e);
    }
  }

  private IncompatibleStateException incompatible(
      String reason, byte[] bytes, @Nullable Throwable cause) {
    return new IncompatibleStateException(
        "@State field "
            + field
            + ", declared as "
            + codec.typeName()
            + ", does not fit what is stored as '"
            + name
            + "' ("
            + StoredContent.describe(bytes, codec.id())
            + "): "
            + reason
            + "; declare the type it was stored with, or give the field another name with"
            + " @State(\"...\")",
        cause);
  }

  @Override
  public String toString() {
    return name;
  }
}
