package io.pagurus.internal.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys that are records: the parts of the components, one after the other. */
final class RecordKeyFormat<K> extends KeyFormat<K> {
  /**
   * One component.
   *
   * @param nullable false for primitive components
   */
  record Part(String name, Method accessor, KeyFormat<Object> format, boolean nullable) {}

  private final Constructor<K> constructor;
  private final List<Part> parts;

  RecordKeyFormat(String id, Type type, Constructor<K> constructor, List<Part> parts) {
    super(id, type);
    this.constructor = constructor;
    this.parts = parts;
  }

  @Override
  public byte[] encode(K key) {
    KeyWriter out = new KeyWriter();
    write(key, out);
    return out.toBytes();
  }

  @Override
  K parse(byte[] bytes) {
    KeyReader in = new KeyReader(bytes);
    K key = read(in);
    if (in.remaining() != 0) {
      throw new IllegalArgumentException("it goes on after its last component");
    }
    return key;
  }

  @Override
  void writePart(@Nullable K key, KeyWriter out, boolean nullable) {
    out.writeByte(key == null ? 0 : 1);
    if (key != null) {
      write(key, out);
    }
  }

  @Override
  @Nullable K readPart(KeyReader in, boolean nullable) {
    return in.readByte() == 0 ? null : read(in);
  }

  private void write(K key, KeyWriter out) {
    for (Part part : parts) {
      Object component = get(part, key);
      try {
        part.format.writePart(component, out, part.nullable);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("component '" + part.name + "': " + e.getMessage(), e);
      }
    }
  }

  private Object get(Part part, K key) {
    try {
      return part.accessor.invoke(key);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the accessor of component '" + part.name + "' failed: " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private K read(KeyReader in) {
    @Nullable Object[] components = new @Nullable Object[parts.size()];
    for (int i = 0; i < components.length; i++) {
      Part part = parts.get(i);
      components[i] = part.format.readPart(in, part.nullable);
    }
    try {
      return constructor.newInstance(components);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of the record refused it: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
