package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Values of 10 KB that do not compress, of workload D. */
public enum Documents implements Shape<byte[]>, Codec<byte[]> {
  SHAPE;

  private static final int BYTES = 10_000;

  @Override
  public Class<byte[]> type() {
    return byte[].class;
  }

  @Override
  public Codec<byte[]> format() {
    return this;
  }

  @Override
  public String key(int i) {
    return Shape.key("document", i);
  }

  @Override
  public byte[] of(int i, int version) {
    byte[] bytes = new byte[BYTES];
    new SplittableRandom(i).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putInt(i).putInt(version);
    return bytes;
  }

  @Override
  public boolean is(int i, int version, byte[] found) {
    ByteBuffer in = ByteBuffer.wrap(found);
    return found.length == BYTES && in.getInt() == i && in.getInt() == version;
  }

  @Override
  public boolean equal(int i, int version, byte[] found) {
    return Arrays.equals(found, of(i, version));
  }

  @Override
  public String id() {
    return "document-by-hand";
  }

  @Override
  public byte[] encode(byte[] value) {
    return value;
  }

  @Override
  public byte[] decode(byte[] bytes) {
    return bytes;
  }
}
