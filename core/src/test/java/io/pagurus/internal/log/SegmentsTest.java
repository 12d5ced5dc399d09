package io.pagurus.internal.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentsTest {
  private static final UUID STORE = new UUID(1, 2);

  private final Objects objects = new Objects();
  private final Segments segments = new Segments(objects, STORE);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** In spaces 3, 4 and 5; keys with even numbers. */
  private SegmentRef segment(int entries, int valueBytes) {
    UUID id = new UUID(3, 4);
    Blocks.Writer writer = new Blocks.Writer(id, Compression.DEFLATE);
    Random random = new Random(1);
    long count = 0;
    for (int space = 3; space < 6; space++) {
      Map<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = 0; i < entries; i++) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        sorted.put(bytes("key" + 2 * i), value);
      }
      for (Map.Entry<byte[], byte[]> one : sorted.entrySet()) {
        writer.add(space, one.getKey(), one.getValue());
        count++;
      }
    }
    Segments.Draft draft = segments.draft(1, 7, id, writer, count, Instant.EPOCH);
    segments.put(draft, () -> {});
    return draft.ref();
  }

  @Test
  void find_anyKeyOfManyBlocks_isWhatReadingAllShows() {
    SegmentRef ref = segment(3_000, 100);
    Map<String, byte[]> all = new TreeMap<>();
    Blocks blocks = segments.read(ref);
    blocks.read(
        (space, key, value) -> all.put(space + new String(key, StandardCharsets.UTF_8), value));
    assertThat(blocks.count()).isGreaterThan(5);
    for (int space = 2; space < 7; space++) {
      for (int i = -1; i < 6_002; i += 61) {
        String key = "key" + i;
        Segments.Found found = segments.find(ref, space, bytes(key));
        assertThat(requireNonNull(found).value()).isEqualTo(all.get(space + key));
      }
      assertThat(requireNonNull(segments.find(ref, space, new byte[0])).value()).isNull();
      assertThat(requireNonNull(segments.find(ref, space, bytes("~"))).value()).isNull();
    }
  }

  @Test
  void find_entriesThatSpanBlocks_isLeftToReadingAll() {
    assertThat(segments.find(segment(1, Blocks.LONGEST), 3, bytes("key0"))).isNull();
  }

  @Test
  void find_anyByteWrong_isLeftToReadingAll() {
    SegmentRef ref = segment(500, 100);
    byte[] whole = requireNonNull(objects.content.get(ref.key()));
    for (int i = 0; i < whole.length; i += 4_999) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 4;
      objects.content.put(ref.key(), damaged);
      assertThat(segments.find(ref, 4, bytes("key8"))).as("byte " + i).isNull();
    }
    objects.content.put(ref.key(), Arrays.copyOf(whole, whole.length + 1));
    assertThat(segments.find(ref, 4, bytes("key8"))).isNull();
    objects.content.put(ref.key(), Arrays.copyOf(whole, whole.length - 1));
    assertThat(segments.find(ref, 4, bytes("key8"))).isNull();
    objects.content.remove(ref.key());
    assertThat(segments.find(ref, 4, bytes("key8"))).isNull();
  }

  /** Objects in memory. */
  private static final class Objects implements ObjectStore {
    final Map<String, byte[]> content = new ConcurrentHashMap<>();

    @Override
    public PutResult putIfAbsent(String key, ByteBuffer... data) {
      ByteBuffer all = ByteBuffer.allocate((int) CommitLog.length(data));
      for (ByteBuffer part : data) {
        all.put(part.duplicate());
      }
      content.put(key, all.array());
      return new PutResult.Created();
    }

    @Override
    public byte[] get(String key, long offset, int length) {
      byte[] bytes = content.get(key);
      if (bytes == null) {
        throw new ObjectNotFoundException(key);
      }
      int from = (int) Math.min(bytes.length, offset);
      return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length));
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int max) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String key) {
      content.remove(key);
    }

    @Override
    public void close() {}
  }
}
