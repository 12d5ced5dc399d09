package io.pagurus.internal.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Refuses text with half a surrogate pair, which would come back as another text. */
final class WholeText extends SimpleModule {
  private static final long serialVersionUID = 1L;

  WholeText() {
    super("pagurus-whole-text");
    addSerializer(new Text<>(String.class));
    addSerializer(new Text<>(Character.class));
    addSerializer(new Chars());
    addKeySerializer(String.class, new Name());
  }

  private static final class Text<T> extends StdSerializer<T> {
    Text(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializationContext context) {
      out.writeString(Utf8.check(value.toString()));
    }
  }

  private static final class Chars extends StdSerializer<char[]> {
    Chars() {
      super(char[].class);
    }

    @Override
    public void serialize(char[] value, JsonGenerator out, SerializationContext context) {
      out.writeString(Utf8.check(new String(value)));
    }
  }

  private static final class Name extends StdSerializer<String> {
    Name() {
      super(String.class);
    }

    @Override
    public void serialize(String value, JsonGenerator out, SerializationContext context) {
      out.writeName(Utf8.check(value));
    }
  }
}
