package io.pagurus.internal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers in byte arrays. */
final class Bytes {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bytes() {}

  static void putShort(byte[] to, int at, short value) {
    SHORT.set(to, at, value);
  }

  static short getShort(byte[] from, int at) {
    return (short) SHORT.get(from, at);
  }

  static void putInt(byte[] to, int at, int value) {
    INT.set(to, at, value);
  }

  static int getInt(byte[] from, int at) {
    return (int) INT.get(from, at);
  }

  static void putLong(byte[] to, int at, long value) {
    LONG.set(to, at, value);
  }

  static long getLong(byte[] from, int at) {
    return (long) LONG.get(from, at);
  }

  /** Flips the sign, so that the order of unsigned bytes is the order of the numbers. */
  static int ordered(int value) {
    return value ^ Integer.MIN_VALUE;
  }

  /** Flips the sign, so that the order of unsigned bytes is the order of the numbers. */
  static long ordered(long value) {
    return value ^ Long.MIN_VALUE;
  }
}
