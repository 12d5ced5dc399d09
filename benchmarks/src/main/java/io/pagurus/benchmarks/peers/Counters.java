package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.nio.ByteBuffer;

/** Small counters, of workload C. */
public enum Counters implements Shape<Long>, Codec<Long> {
  SHAPE;

  @Override
  public Class<Long> type() {
    return Long.class;
  }

  @Override
  public Codec<Long> format() {
    return this;
  }

  @Override
  public String key(int i) {
    return Shape.key("counter-", i);
  }

  @Override
  public Long of(int i, int version) {
    return i + (long) version;
  }

  @Override
  public Long changed(Long was, int i, int version) {
    return was + 1;
  }

  @Override
  public boolean is(int i, int version, Long found) {
    return found == i + (long) version;
  }

  @Override
  public String id() {
    return "counter-by-hand";
  }

  @Override
  public byte[] encode(Long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  @Override
  public Long decode(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }
}
