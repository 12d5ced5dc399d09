package io.pagurus.internal.codec;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are strings or have a name. As a part, 0 is written as {@code 00 FF}, the end is {@code
 * 00 01}, and null is {@code 00 00}: the order stays that of the text, null first.
 */
final class TextKeyFormat<K> extends KeyFormat<K> {
  private static final int END = 0x01;
  private static final int NULL = 0x00;
  private static final int ZERO = 0xff;

  private final Function<K, String> name;
  private final Function<String, K> parse;

  TextKeyFormat(String id, Class<K> type, Function<K, String> name, Function<String, K> parse) {
    super(id, type);
    this.name = name;
    this.parse = parse;
  }

  /** The format of strings themselves. */
  static TextKeyFormat<String> ofStrings() {
    return new TextKeyFormat<>("string", String.class, Function.identity(), Function.identity());
  }

  @Override
  String partId(boolean nullable) {
    return id();
  }

  @Override
  boolean isExact() {
    return type() == String.class;
  }

  @Override
  public byte[] encode(K key) {
    return Utf8.encode(name.apply(key));
  }

  @Override
  K parse(byte[] bytes) {
    return parse.apply(Utf8.decode(bytes));
  }

  @Override
  public byte[] prefix(String prefix) {
    return type() == String.class ? Utf8.encode(prefix) : super.prefix(prefix);
  }

  @Override
  void writePart(@Nullable K key, KeyWriter out, boolean nullable) {
    if (key == null) {
      out.writeByte(0);
      out.writeByte(NULL);
      return;
    }
    for (byte b : encode(key)) {
      out.writeByte(b);
      if (b == 0) {
        out.writeByte(ZERO);
      }
    }
    out.writeByte(0);
    out.writeByte(END);
  }

  @Override
  @Nullable K readPart(KeyReader in, boolean nullable) {
    KeyWriter text = new KeyWriter();
    boolean empty = true;
    while (true) {
      int b = in.readByte();
      if (b != 0) {
        text.writeByte(b);
      } else {
        int kind = in.readByte();
        if (kind == END) {
          return parse(text.toBytes());
        } else if (kind == NULL && empty) {
          return null;
        } else if (kind != ZERO) {
          throw new IllegalArgumentException("a text part is malformed");
        }
        text.writeByte(0);
      }
      empty = false;
    }
  }
}
