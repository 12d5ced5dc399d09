package io.pagurus.internal.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link BigInteger} and {@link BigDecimal}, ordered as numbers.
 *
 * <p>Both begin with a byte for the sign: {@code 7F} negative, {@code 80} zero, {@code 81}
 * positive. What follows of a negative number is inverted.
 *
 * <ul>
 *   <li>an integer: the length of its magnitude in four bytes, the magnitude;
 *   <li>a decimal: its exponent (of {@code 0.ddd * 10^exponent}) in eight bytes, its digits without
 *       the zeros at the end, in ASCII, a zero byte; then, never inverted, the scale in four bytes,
 *       because {@code 1.0} and {@code 1.00} are two keys. Zero has the scale only.
 * </ul>
 */
abstract class NumberKeyFormat<K> extends KeyFormat<K> {
  /** More digits than any sensible key, few enough to read back quickly. */
  static final int MAX_DIGITS = 10_000;

  /** The first byte is this plus the sign. */
  private static final int ZERO = 0x80;

  private NumberKeyFormat(String id, Class<K> type) {
    super(id, type);
  }

  abstract void write(K key, KeyWriter out);

  abstract K read(KeyReader in);

  @Override
  public final byte[] encode(K key) {
    KeyWriter out = new KeyWriter();
    write(key, out);
    return out.toBytes();
  }

  @Override
  final K parse(byte[] bytes) {
    KeyReader in = new KeyReader(bytes);
    K key = read(in);
    if (in.remaining() != 0) {
      throw new IllegalArgumentException("it goes on after its end");
    }
    return key;
  }

  @Override
  final void writePart(@Nullable K key, KeyWriter out, boolean nullable) {
    out.writeByte(key == null ? 0 : 1);
    if (key != null) {
      write(key, out);
    }
  }

  @Override
  final @Nullable K readPart(KeyReader in, boolean nullable) {
    return in.readByte() == 0 ? null : read(in);
  }

  private static int readSign(KeyReader in) {
    int sign = in.readByte() - ZERO;
    if (sign < -1 || sign > 1) {
      throw new IllegalArgumentException("no sign");
    }
    return sign;
  }

  private static IllegalArgumentException tooLong() {
    return new IllegalArgumentException("a number with more than " + MAX_DIGITS + " digits");
  }

  static final class OfIntegers extends NumberKeyFormat<BigInteger> {
    OfIntegers() {
      super("bigint", BigInteger.class);
    }

    @Override
    void write(BigInteger key, KeyWriter out) {
      int sign = key.signum();
      out.writeByte(ZERO + sign);
      if (sign == 0) {
        return;
      }
      if (key.bitLength() / 8 > MAX_DIGITS) {
        throw tooLong();
      }
      byte[] magnitude = key.abs().toByteArray();
      int skip = magnitude[0] == 0 ? 1 : 0;
      int mask = sign < 0 ? 0xff : 0;
      int length = magnitude.length - skip;
      out.writeInt(sign < 0 ? ~length : length);
      for (int i = skip; i < magnitude.length; i++) {
        out.writeByte(magnitude[i] ^ mask);
      }
    }

    @Override
    BigInteger read(KeyReader in) {
      int sign = readSign(in);
      if (sign == 0) {
        return BigInteger.ZERO;
      }
      int length = sign < 0 ? ~in.readInt() : in.readInt();
      int at = in.skip(length);
      byte[] magnitude = Arrays.copyOfRange(in.array(), at, at + length);
      if (sign < 0) {
        invert(magnitude);
      }
      return new BigInteger(sign, magnitude);
    }

    private static void invert(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
  }

  static final class OfDecimals extends NumberKeyFormat<BigDecimal> {
    OfDecimals() {
      super("decimal", BigDecimal.class);
    }

    @Override
    void write(BigDecimal key, KeyWriter out) {
      int sign = key.signum();
      out.writeByte(ZERO + sign);
      if (sign != 0) {
        if (key.precision() > MAX_DIGITS) {
          throw tooLong();
        }
        int mask = sign < 0 ? 0xff : 0;
        long exponent = Bytes.ordered((long) key.precision() - key.scale());
        out.writeLong(sign < 0 ? ~exponent : exponent);
        String digits = key.unscaledValue().abs().toString();
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
          end--;
        }
        for (int i = 0; i < end; i++) {
          out.writeByte(digits.charAt(i) ^ mask);
        }
        out.writeByte(mask);
      }
      out.writeInt(Bytes.ordered(key.scale()));
    }

    @Override
    BigDecimal read(KeyReader in) {
      int sign = readSign(in);
      if (sign == 0) {
        return new BigDecimal(BigInteger.ZERO, Bytes.ordered(in.readInt()));
      }
      int mask = sign < 0 ? 0xff : 0;
      long exponent = Bytes.ordered(sign < 0 ? ~in.readLong() : in.readLong());
      KeyWriter digits = new KeyWriter();
      int count = 0;
      for (int digit = in.readByte() ^ mask; digit != 0; digit = in.readByte() ^ mask) {
        digits.writeByte(digit);
        count++;
      }
      int scale = Bytes.ordered(in.readInt());
      long zeros = exponent + scale - count;
      if (count == 0 || zeros < 0 || count + zeros > MAX_DIGITS) {
        throw new IllegalArgumentException("its exponent, digits and scale contradict each other");
      }
      String text = new String(digits.toBytes(), US_ASCII) + "0".repeat((int) zeros);
      BigInteger unscaled = new BigInteger(text);
      return new BigDecimal(sign < 0 ? unscaled.negate() : unscaled, scale);
    }
  }
}
