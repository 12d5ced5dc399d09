package io.pagurus.testkit;

import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.internal.log.PutResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what is asked of another object store. Thread-safe. */
final class CountingObjectStore implements ObjectStore {
  private final ObjectStore target;
  final AtomicInteger puts = new AtomicInteger();
  final AtomicInteger gets = new AtomicInteger();
  final AtomicInteger lists = new AtomicInteger();
  final AtomicInteger deletes = new AtomicInteger();

  /** Bytes that were read. */
  final AtomicLong received = new AtomicLong();

  CountingObjectStore(ObjectStore target) {
    this.target = target;
  }

  int all() {
    return puts.get() + gets.get() + lists.get() + deletes.get();
  }

  @Override
  public PutResult putIfAbsent(String key, ByteBuffer... data) {
    puts.incrementAndGet();
    return target.putIfAbsent(key, data);
  }

  @Override
  public byte[] get(String key, long offset, int length) {
    gets.incrementAndGet();
    byte[] bytes = target.get(key, offset, length);
    received.addAndGet(bytes.length);
    return bytes;
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
    lists.incrementAndGet();
    return target.list(prefix, startAfter, max);
  }

  @Override
  public void delete(String key) {
    deletes.incrementAndGet();
    target.delete(key);
  }

  @Override
  public void close() {
    target.close();
  }

  @Override
  public String toString() {
    return puts + " PUT, " + gets + " GET, " + lists + " LIST, " + deletes + " DELETE";
  }
}
