package io.pagurus.internal.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Refuses numbers when they are written that would be refused when they are read: parsing takes
 * more than linear time, so their length is bounded.
 */
final class LongNumbers extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** The longest number in JSON, in characters. */
  static final int MAX_LENGTH = 1_000_000;

  LongNumbers() {
    super("pagurus-long-numbers");
    addSerializer(new Integers());
    addSerializer(new Decimals());
  }

  private static final class Integers extends StdSerializer<BigInteger> {
    Integers() {
      super(BigInteger.class);
    }

    @Override
    public void serialize(BigInteger value, JsonGenerator out, SerializationContext context) {
      // 3.33 bits make a digit
      if (value.bitLength() / 3 > MAX_LENGTH) {
        context.reportMappingProblem("a BigInteger of %d bits is too long", value.bitLength());
      }
      out.writeNumber(value);
    }
  }

  private static final class Decimals extends StdSerializer<BigDecimal> {
    /** Sign, point and exponent. */
    private static final int DECORATION = 16;

    Decimals() {
      super(BigDecimal.class);
    }

    @Override
    public void serialize(BigDecimal value, JsonGenerator out, SerializationContext context) {
      // in plain notation up to six zeros come first; the rest is decoration
      if (value.precision() > MAX_LENGTH - DECORATION) {
        context.reportMappingProblem("a BigDecimal of %d digits is too long", value.precision());
      }
      out.writeNumber(value);
    }
  }
}
