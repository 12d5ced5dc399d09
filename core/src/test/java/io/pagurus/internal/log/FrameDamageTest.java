package io.pagurus.internal.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is stored is read as it was written, or refused. */
class FrameDamageTest {
  private static final List<String> SMALL = List.of("format", "carry", "commit-raw", "seal");

  private static byte[] small(String name) {
    return GoldenFrames.stored(requireNonNull(GoldenFrames.all().get(name)));
  }

  private static void assertDamaged(String what, byte[] bytes) {
    assertThatThrownBy(() -> Frame.read(ByteBuffer.wrap(bytes), "slot", 0))
        .as(what)
        .isInstanceOf(DamageException.class);
  }

  @Test
  void anyBitFlipped_isFound() {
    for (String name : SMALL) {
      byte[] bytes = small(name);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        assertDamaged(name + ", bit " + bit, bytes);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void anyByteReplaced_inACompressedFrame_isFound() {
    for (Map.Entry<String, Frame> each : GoldenFrames.all().entrySet()) {
      byte[] bytes = GoldenFrames.stored(each.getValue());
      int step = Math.max(1, bytes.length / 2_000);
      for (int at = 0; at < bytes.length; at += step) {
        byte before = bytes[at];
        bytes[at] = (byte) (before + 1 + at % 255);
        assertDamaged(each.getKey() + ", byte " + at, bytes);
        bytes[at] = before;
      }
    }
  }

  @Test
  void anyLengthTruncated_isFound() {
    for (String name : SMALL) {
      byte[] bytes = small(name);
      for (int length = 0; length < bytes.length; length++) {
        assertDamaged(name + ", length " + length, Arrays.copyOf(bytes, length));
        byte[] zeros = Arrays.copyOf(Arrays.copyOf(bytes, length), bytes.length);
        if (!Arrays.equals(zeros, bytes)) {
          assertDamaged(name + ", zeros from " + length, zeros);
        }
      }
    }
  }

  @Test
  void damage_saysWhere() {
    byte[] bytes = small("commit-raw");
    ByteBuffer at = ByteBuffer.allocate(bytes.length + 50).position(50);
    at.put(bytes).position(50);
    assertThat(GoldenFrames.stored(Frame.read(at, "log", 50))).isEqualTo(bytes);
    assertThat(at.position()).isEqualTo(50);
    int block = Frame.HEADER_BYTES + "a delta".length() + 4;
    for (Map.Entry<Integer, String> damaged :
        Map.of(
                0,
                "log at byte 50: no valid header",
                Frame.HEADER_BYTES,
                "log at byte 154: the head fails its checksum",
                block + 20,
                "log at byte 165: block 0 fails its checksum",
                bytes.length - 1,
                "log at byte 200: the footer fails its checksum")
            .entrySet()) {
      at.put(50 + damaged.getKey(), (byte) ~at.get(50 + damaged.getKey()));
      assertThatThrownBy(() -> Frame.read(at, "log", 50)).hasMessage(damaged.getValue());
      at.put(50 + damaged.getKey(), (byte) ~at.get(50 + damaged.getKey()));
    }
  }

  @Test
  void blocksOfAnotherObject_areFound() {
    Blocks.Writer other = new Blocks.Writer(GoldenFrames.PREVIOUS, Compression.RAW);
    other.add(1, GoldenFrames.bytes("key"), GoldenFrames.bytes("value"));
    Frame frame = GoldenFrames.frame(FrameKind.COMMIT, 1, 2, "", other.finish());
    assertDamaged("blocks of another object", GoldenFrames.stored(frame));
  }

  // ---- what a newer version writes ------------------------------------------------------------

  private static void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> Frame.read(ByteBuffer.wrap(bytes), "slot", 0))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining(why);
  }

  private static byte[] withHeader(int at, int value) {
    byte[] bytes = small("commit-raw");
    bytes[at] = (byte) value;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 100);
    ByteBuffer.wrap(bytes).putInt(100, (int) crc.getValue());
    return bytes;
  }

  @Test
  void newerFormat_isRefusedByName() {
    assertRefused(withHeader(5, 2), "format version 2, this one knows 1");
    assertRefused(withHeader(5, 200), "format version 200, this one knows 1");
    assertRefused(withHeader(4, 99), "unknown kind 99");
    assertRefused(withHeader(7, 1), "flags");
    assertRefused(withHeader(99, 1), "encrypted");
  }

  @Test
  void lengthsThatCannotBe_areDamage() {
    assertDamaged("a negative head", withHeader(84, 0x80));
    assertDamaged("a huge head", withHeader(84, 0x7f));
    assertDamaged("negative blocks", withHeader(88, 0x80));
    assertDamaged("huge blocks", withHeader(88, 0x7f));
    assertDamaged("a longer head", withHeader(87, 8));
    assertDamaged("shorter blocks", withHeader(95, 1));
  }

  @Test
  void unknownCompression_isRefusedByName() {
    byte[] bytes = small("commit-raw");
    int block = Frame.HEADER_BYTES + "a delta".length() + 4;
    int end = bytes.length - 20;
    bytes[block + 8] = (byte) 200;
    CRC32C crc = Blocks.checksumOf(GoldenFrames.OBJECT);
    crc.update(new byte[4]);
    crc.update(bytes, block, 9);
    crc.update(bytes, block + Blocks.HEADER_BYTES, end - block - Blocks.HEADER_BYTES);
    ByteBuffer.wrap(bytes).putInt(block + 9, (int) crc.getValue());
    assertRefused(bytes, "compressed in a way (200)");
  }

  @Test
  void tooLong_isNotWritten() {
    assertThatThrownBy(
            () ->
                Frame.of(
                    FrameKind.OPEN,
                    GoldenFrames.SEAL.toFrame(1).identity(),
                    new byte[(256 << 20) + 1],
                    Blocks.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
