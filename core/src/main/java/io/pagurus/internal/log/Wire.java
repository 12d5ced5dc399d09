package io.pagurus.internal.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The small binary language of manifests: big-endian numbers, variable-length counts, UTF-8 text
 * behind its length. What is read is verified by a checksum before, so a value out of bounds is a
 * broken writer, not damage; it is refused all the same before memory is allocated.
 */
final class Wire {
  private static final int LONGEST_TEXT = 1 << 20;
  private static final int MOST_ELEMENTS = 1 << 24;

  private Wire() {}

  /** Grows as it is written. Not thread-safe. */
  static final class Out {
    private byte[] bytes = new byte[256];
    private int size;

    int size() {
      return size;
    }

    byte[] toByteArray() {
      return Arrays.copyOf(bytes, size);
    }

    private int room(int more) {
      if (bytes.length - size < more) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
      }
      int at = size;
      size += more;
      return at;
    }

    Out flag(boolean value) {
      return octet(value ? 1 : 0);
    }

    Out octet(int value) {
      int at = room(1);
      bytes[at] = (byte) value;
      return this;
    }

    Out fixed32(int value) {
      int at = room(4);
      ByteBuffer.wrap(bytes).putInt(at, value);
      return this;
    }

    Out fixed64(long value) {
      int at = room(8);
      ByteBuffer.wrap(bytes).putLong(at, value);
      return this;
    }

    /** Seven bits an octet, lowest first; {@code value} is not negative. */
    Out count(long value) {
      if (value < 0) {
        throw new IllegalArgumentException("negative: " + value);
      }
      long rest = value;
      while (rest > 0x7f) {
        octet((int) (rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      return octet((int) rest);
    }

    Out id(UUID id) {
      return fixed64(id.getMostSignificantBits()).fixed64(id.getLeastSignificantBits());
    }

    Out time(Instant time) {
      return fixed64(time.getEpochSecond()).fixed32(time.getNano());
    }

    Out text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      if (utf8.length > LONGEST_TEXT) {
        throw new IllegalArgumentException("a text of " + utf8.length + " bytes");
      }
      count(utf8.length);
      return raw(utf8);
    }

    Out raw(byte[] data) {
      int at = room(data.length);
      System.arraycopy(data, 0, bytes, at, data.length);
      return this;
    }

    <T> Out list(Collection<T> elements, BiConsumer<Out, T> each) {
      if (elements.size() > MOST_ELEMENTS) {
        throw new IllegalArgumentException("a list of " + elements.size() + " elements");
      }
      count(elements.size());
      elements.forEach(element -> each.accept(this, element));
      return this;
    }

    <T> Out maybe(@Nullable T value, BiConsumer<Out, T> write) {
      flag(value != null);
      if (value != null) {
        write.accept(this, value);
      }
      return this;
    }
  }

  /** Reads what {@link Out} wrote. Not thread-safe. */
  static final class In {
    private final ByteBuffer bytes;

    In(ByteBuffer bytes) {
      this.bytes = bytes.slice();
    }

    boolean flag() {
      return octet() != 0;
    }

    int octet() {
      return need(b -> b.get() & 0xff);
    }

    int fixed32() {
      return need(ByteBuffer::getInt);
    }

    long fixed64() {
      try {
        return bytes.getLong();
      } catch (BufferUnderflowException e) {
        throw tooShort();
      }
    }

    long count() {
      long value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        int octet = octet();
        value |= (long) (octet & 0x7f) << shift;
        if (octet < 0x80) {
          return value;
        }
      }
      throw new IllegalStateException("a count of more than 63 bits");
    }

    UUID id() {
      return new UUID(fixed64(), fixed64());
    }

    Instant time() {
      return Instant.ofEpochSecond(fixed64(), fixed32());
    }

    String text() {
      int length = bounded(LONGEST_TEXT);
      if (length > bytes.remaining()) {
        throw tooShort();
      }
      byte[] utf8 = new byte[length];
      bytes.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }

    <T> List<T> list(Function<In, T> each) {
      int size = bounded(Math.min(MOST_ELEMENTS, bytes.remaining()));
      List<T> elements = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        elements.add(each.apply(this));
      }
      return elements;
    }

    <T> @Nullable T maybe(Function<In, T> read) {
      return flag() ? read.apply(this) : null;
    }

    private int bounded(int most) {
      long value = count();
      if (value > most) {
        throw new IllegalStateException("a count of " + value + ", at most " + most + " can be");
      }
      return (int) value;
    }

    private int need(ToIntFunction<ByteBuffer> read) {
      try {
        return read.applyAsInt(bytes);
      } catch (BufferUnderflowException e) {
        throw tooShort();
      }
    }

    private static IllegalStateException tooShort() {
      return new IllegalStateException("the end comes too early");
    }
  }
}
