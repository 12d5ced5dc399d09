package io.pagurus.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlocksTest {
  private static final UUID ID = GoldenFrames.OBJECT;

  private record Entry(int space, byte[] key, byte @Nullable [] value) {
    boolean is(int otherSpace, byte[] otherKey, byte @Nullable [] otherValue) {
      return space == otherSpace
          && Arrays.equals(key, otherKey)
          && Arrays.equals(value, otherValue);
    }
  }

  private static Blocks write(Compression compression, List<Entry> entries) {
    Blocks.Writer writer = new Blocks.Writer(ID, compression);
    long raw = 0;
    for (Entry entry : entries) {
      writer.add(entry.space, entry.key, entry.value);
      assertThat(writer.rawLength()).isGreaterThan(raw);
      raw = writer.rawLength();
    }
    Blocks blocks = writer.finish();
    assertThat(writer.length()).isEqualTo(blocks.length());
    assertThat(writer.rawLength()).isEqualTo(blocks.rawLength());
    return blocks;
  }

  private static void assertHolds(Blocks written, List<Entry> entries) {
    assertHolds(ID, written, entries);
  }

  private static void assertHolds(UUID id, Blocks written, List<Entry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer block : written.bytes()) {
      assertThat(block.getInt(0)).isBetween(1, Blocks.LONGEST);
      bytes.writeBytes(GoldenFrames.array(block));
    }
    Blocks read = Blocks.of(id, ByteBuffer.wrap(bytes.toByteArray()), written.count(), "o", 0);
    read.verify();
    assertThat(read.length()).isEqualTo(written.length());
    int[] at = {0};
    read.read(
        (space, key, value) -> {
          assertThat(entries.get(at[0]).is(space, key, value)).as("entry " + at[0]).isTrue();
          at[0]++;
        });
    assertThat(at[0]).isEqualTo(entries.size());
  }

  private static boolean available(Compression compression) {
    return compression != Compression.ZSTD || Zstandard.AVAILABLE;
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void anyEntries_areReadAsTheyWereWritten(Compression compression) {
    assertThat(available(compression)).isTrue();
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<Entry> entries = new ArrayList<>();
      int count = random.nextInt(400);
      int longest = 1 << random.nextInt(seed % 10 == 0 ? 20 : 12);
      for (int i = 0; i < count && entries.size() < (8 << 20) / longest; i++) {
        byte[] key = random(random, random.nextInt(1 + random.nextInt(300)));
        byte @Nullable [] value =
            switch (random.nextInt(4)) {
              case 0 -> null;
              case 1 -> random(random, random.nextInt(longest));
              default -> new byte[random.nextInt(longest)];
            };
        entries.add(new Entry(random.nextInt() >>> 1 + random.nextInt(31), key, value));
      }
      assertHolds(write(compression, entries), entries);
    }
  }

  @ParameterizedTest
  @EnumSource
  void entriesAroundTheLengthOfABlock_areReadAsTheyWereWritten(Compression compression) {
    byte[] key = new byte[7];
    for (int length : List.of(Blocks.FULL, Blocks.LONGEST, 3 * Blocks.LONGEST)) {
      for (int off = -20; off <= 3; off++) {
        List<Entry> entries =
            List.of(
                new Entry(1, key, new byte[off + 20]),
                new Entry(2, new byte[length + off], null),
                new Entry(3, key, new byte[length + off]),
                new Entry(4, new byte[0], new byte[0]));
        assertHolds(write(compression, entries), entries);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void valueThatShrinksToNearlyNothing_isRead(Compression compression) {
    List<Entry> entries = List.of(new Entry(1, new byte[3], new byte[64 << 20]));
    Blocks blocks = write(compression, entries);
    assertHolds(blocks, entries);
    if (compression != Compression.RAW) {
      assertThat(blocks.length()).isLessThan(1 << 20);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shortAndIncompressibleBlocks_stayRaw(Compression compression) {
    Blocks tiny = write(compression, List.of(new Entry(1, new byte[3], new byte[400])));
    assertThat(tiny.bytes()[0].get(8)).isEqualTo((byte) Compression.RAW.code());
    Blocks noise =
        write(compression, List.of(new Entry(1, new byte[3], random(new Random(1), 100_000))));
    assertThat(noise.bytes()[0].get(8)).isEqualTo((byte) Compression.RAW.code());
    Blocks zeros = write(compression, List.of(new Entry(1, new byte[3], new byte[600])));
    assertThat(zeros.bytes()[0].get(8)).isEqualTo((byte) compression.code());
  }

  @ParameterizedTest
  @EnumSource
  void entriesThatEndTooEarly_areDamage(Compression compression) {
    // Two blocks are whole, but the second is not the one that followed.
    Blocks first =
        write(compression, List.of(new Entry(1, new byte[3], new byte[Blocks.LONGEST + 100])));
    ByteBuffer cut = first.bytes()[0];
    Blocks half = Blocks.of(ID, cut, 1, "o", 0);
    half.verify();
    assertThatThrownBy(() -> half.read((space, key, value) -> {}))
        .isInstanceOf(DamageException.class);
  }

  @ParameterizedTest
  @EnumSource
  void negativeSpace_isRefused(Compression compression) {
    assertThatThrownBy(() -> write(compression, List.of(new Entry(-1, new byte[1], null))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** As a compaction does: what is copied and what is added, in any order, is all there. */
  @ParameterizedTest
  @EnumSource
  void copiedPieces_areReadAsTheyWereWritten_amidWhatIsAdded(Compression compression) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<Entry> old = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int length = random.nextInt(i % 10 == 3 ? 3 * Blocks.LONGEST : Blocks.FULL);
        byte[] value = random.nextBoolean() ? new byte[length] : random(random, length);
        old.add(new Entry(i, random(random, 9), value));
      }
      Blocks.Writer writer = new Blocks.Writer(new UUID(seed, 5), compression);
      List<Entry> all = new ArrayList<>();
      int copied = 0;
      long raw = 0;
      for (Blocks piece : write(compression, old).pieces()) {
        List<Entry> entries = new ArrayList<>();
        piece.read((space, key, value) -> entries.add(new Entry(space, key, value)));
        raw += piece.rawLength();
        all.addAll(entries);
        if (writer.canCopy(piece)) {
          writer.copy(piece);
          copied++;
        } else {
          writer.beginPiece();
          entries.forEach(entry -> writer.add(entry.space, entry.key, entry.value));
          writer.endPiece();
        }
        if (random.nextInt(3) == 0) {
          Entry added = new Entry(7, random(random, 5), random(random, random.nextInt(9_000)));
          writer.add(added.space, added.key, added.value);
          raw += write(Compression.RAW, List.of(added)).rawLength();
          all.add(added);
        }
      }
      assertThat(writer.rawLength()).isEqualTo(raw);
      Blocks blocks = writer.finish();
      assertThat(all).hasSizeGreaterThan(40);
      assertThat(copied).as("copied blocks").isPositive();
      assertHolds(new UUID(seed, 5), blocks, all);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shortBlocks_areNotCopied_norCutShortForACopy(Compression compression) {
    Blocks half = write(compression, List.of(new Entry(1, new byte[3], new byte[60_000])));
    Blocks.Writer writer = new Blocks.Writer(ID, compression);
    assertThat(writer.canCopy(half.pieces().get(0))).isFalse();
    Blocks whole = write(compression, List.of(new Entry(1, new byte[3], new byte[70_000])));
    assertThat(writer.canCopy(whole.pieces().get(0))).isTrue();
    writer.add(1, new byte[2], new byte[60_000]);
    assertThat(writer.canCopy(whole.pieces().get(0))).isFalse();
    writer.add(1, new byte[2], new byte[6_000]);
    assertThat(writer.canCopy(whole.pieces().get(0))).isTrue();
  }

  @Test
  void blockOfAnotherCompression_isNotCopied() {
    Blocks deflated =
        write(Compression.DEFLATE, List.of(new Entry(1, new byte[3], new byte[70_000])));
    assertThat(new Blocks.Writer(ID, Compression.ZSTD).canCopy(deflated)).isFalse();
    assertThat(new Blocks.Writer(ID, Compression.DEFLATE).canCopy(deflated)).isTrue();
  }
}
