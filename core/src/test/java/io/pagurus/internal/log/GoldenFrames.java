package io.pagurus.internal.log;

import io.pagurus.spi.OwnerId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The frames that the golden files hold, made from their fields. Never change one: add another. */
final class GoldenFrames {
  static final UUID STORE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  static final UUID OBJECT = UUID.fromString("10111213-1415-1617-1819-1a1b1c1d1e1f");
  static final UUID PREVIOUS = UUID.fromString("20212223-2425-2627-2829-2a2b2c2d2e2f");
  static final Instant TIME = Instant.parse("2026-02-03T04:05:06.123456789Z");
  static final Seal SEAL =
      new Seal(
          STORE,
          7,
          OBJECT,
          new OwnerId(
              PREVIOUS,
              4711,
              "höst-1",
              "boot/4026531836",
              Instant.parse("2026-02-01T00:00:00.000000001Z"),
              Instant.parse("2026-02-02T00:00:00Z")),
          TIME);

  private GoldenFrames() {}

  /** Each golden file and the frame in it. */
  static Map<String, Frame> all() {
    Map<String, Frame> all = new LinkedHashMap<>();
    all.put("format", frame(FrameKind.FORMAT, 0, 0, "", Blocks.NONE));
    all.put("open", frame(FrameKind.OPEN, 3, 41, "a full manifest", Blocks.NONE));
    all.put("carry", frame(FrameKind.CARRY, 3, 42, "a manifest", small()));
    all.put("commit-empty", frame(FrameKind.COMMIT, 3, 43, "a delta", Blocks.NONE));
    all.put("commit-raw", frame(FrameKind.COMMIT, 3, 44, "a delta", small()));
    all.put("commit-deflate", frame(FrameKind.COMMIT, 3, 45, "a", large(Compression.DEFLATE)));
    if (Zstandard.AVAILABLE) {
      all.put("commit-zstd", frame(FrameKind.COMMIT, 3, 46, "a", large(Compression.ZSTD)));
    }
    all.put("segment-raw", frame(FrameKind.SEGMENT, 3, 40, "an index", large(Compression.RAW)));
    all.put("seal", SEAL.toFrame(47));
    return all;
  }

  static Frame frame(FrameKind kind, long epoch, long seq, String head, Blocks blocks) {
    return Frame.of(
        kind,
        new Frame.Identity(STORE, epoch, seq, OBJECT, PREVIOUS, TIME),
        head.getBytes(StandardCharsets.UTF_8),
        blocks);
  }

  /** An entry that is set, one that is set to nothing, and one that is removed. */
  static Blocks small() {
    Blocks.Writer writer = new Blocks.Writer(OBJECT, Compression.RAW);
    writer.add(1, bytes("key"), bytes("value"));
    writer.add(300, bytes(""), bytes(""));
    writer.add(1, bytes("gone"), null);
    return writer.finish();
  }

  /** Some thousand bytes, in two blocks. */
  static Blocks large(Compression compression) {
    Blocks.Writer writer = new Blocks.Writer(OBJECT, compression);
    for (int i = 0; i < 3; i++) {
      writer.add(i, bytes("key-" + i), bytes("value ".repeat(i == 1 ? 22_000 : 100)));
    }
    return writer.finish();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What is stored of a frame. */
  static byte[] stored(Frame frame) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer buffer : frame.bytes()) {
      all.writeBytes(array(buffer));
    }
    return all.toByteArray();
  }

  static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Everything that a frame says, for people. */
  static String show(Frame frame) {
    StringBuilder shown = new StringBuilder();
    shown.append(frame.kind()).append(' ').append(frame.identity());
    shown.append(' ').append(HexFormat.of().formatHex(array(frame.head())));
    frame.blocks().read((space, key, value) -> shown.append(entry(space, key, value)));
    return shown.toString();
  }

  static String entry(int space, byte[] key, byte @Nullable [] value) {
    String shown = value == null ? "removed" : HexFormat.of().formatHex(value);
    return "\n" + space + " " + HexFormat.of().formatHex(key) + " " + shown;
  }
}
