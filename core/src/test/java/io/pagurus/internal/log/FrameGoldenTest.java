package io.pagurus.internal.log;

import static io.pagurus.internal.log.GoldenFrames.OBJECT;
import static io.pagurus.internal.log.GoldenFrames.PREVIOUS;
import static io.pagurus.internal.log.GoldenFrames.STORE;
import static io.pagurus.internal.log.GoldenFrames.TIME;
import static io.pagurus.internal.log.GoldenFrames.show;
import static io.pagurus.internal.log.GoldenFrames.stored;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Reads files of format version 1 that were written once and are kept for ever. {@code
 * -Dpagurus.golden=write} writes the ones that are missing, after a frame was added.
 */
class FrameGoldenTest {
  private static final Path FILES = Path.of("src/test/resources/golden/v1");
  private static final Pattern HEX = Pattern.compile("^ \\* ((?:[0-9a-f]{2} ?)+)  +\\S.*$");

  @BeforeAll
  static void writeMissing() throws IOException {
    if ("write".equals(System.getProperty("pagurus.golden"))) {
      for (Map.Entry<String, Frame> frame : GoldenFrames.all().entrySet()) {
        Path file = FILES.resolve(frame.getKey() + ".frame");
        if (!Files.exists(file)) {
          Files.write(file, stored(frame.getValue()));
        }
      }
    }
  }

  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(FILES.resolve(name + ".frame"));
  }

  private static Frame read(byte[] bytes) {
    return Frame.read(ByteBuffer.wrap(bytes), "golden", 0);
  }

  @Test
  void goldenFiles_areRead_everyField() throws Exception {
    for (Map.Entry<String, Frame> expected : GoldenFrames.all().entrySet()) {
      String name = expected.getKey();
      byte[] bytes = file(name);
      Frame frame = read(bytes);
      assertThat(show(frame)).as(name).isEqualTo(show(expected.getValue()));
      assertThat(frame.length()).as(name).isEqualTo(bytes.length);
      Frame.Header header = requireNonNull(Frame.header(ByteBuffer.wrap(bytes)));
      assertThat(header.frameLength()).as(name).isEqualTo(bytes.length);
      assertThat(header.kind()).as(name).isEqualTo(frame.kind());
      assertThat(header.identity()).as(name).isEqualTo(frame.identity());
    }
  }

  /** Other versions of the JDK and of Zstandard may shrink the same bytes to others. */
  @Test
  void goldenFiles_areWrittenAgain_byteByByte() throws Exception {
    for (Map.Entry<String, Frame> expected : GoldenFrames.all().entrySet()) {
      String name = expected.getKey();
      assertThat(stored(read(file(name)))).as(name).isEqualTo(file(name));
      if (!name.endsWith("deflate") && !name.endsWith("zstd")) {
        assertThat(stored(expected.getValue())).as(name).isEqualTo(file(name));
      }
    }
  }

  @Test
  void goldenFiles_areAllRead_andCoverEveryKind() throws Exception {
    try (Stream<Path> files = Files.list(FILES)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".frame", "")))
          .containsExactlyInAnyOrderElementsOf(GoldenFrames.all().keySet());
    }
    assertThat(GoldenFrames.all().values().stream().map(Frame::kind)).contains(FrameKind.values());
  }

  @Test
  void goldenFiles_areCompressedAsTheySay() throws Exception {
    assertThat(file("segment-raw")).hasSizeGreaterThan(132_000);
    assertThat(file("commit-deflate")).hasSizeLessThan(2_000);
    assertThat(file("commit-zstd")).hasSizeLessThan(2_000);
    assertThat(read(file("commit-deflate")).blocks().count()).isEqualTo(2);
  }

  @Test
  void goldenSeal_isRead_everyField() throws Exception {
    Frame frame = read(file("seal"));
    assertThat(Seal.of(frame)).isEqualTo(GoldenFrames.SEAL);
    assertThat(frame.identity())
        .isEqualTo(new Frame.Identity(STORE, 7, 47, OBJECT, Frame.NO_ID, TIME));
  }

  @Test
  void goldenCommit_isRead_everyField() throws Exception {
    Frame frame = read(file("commit-raw"));
    assertThat(frame.kind()).isEqualTo(FrameKind.COMMIT);
    assertThat(frame.identity())
        .isEqualTo(new Frame.Identity(STORE, 3, 44, OBJECT, PREVIOUS, TIME));
    assertThat(new String(GoldenFrames.array(frame.head()), StandardCharsets.UTF_8))
        .isEqualTo("a delta");
    StringBuilder entries = new StringBuilder();
    frame
        .blocks()
        .read((space, key, value) -> entries.append(GoldenFrames.entry(space, key, value)));
    assertThat(entries.toString()).isEqualTo("\n1 6b6579 76616c7565\n300  \n1 676f6e65 removed");
  }

  /** The sample of the Javadoc of {@link Frame}, line by line. */
  @Test
  void sample_ofTheJavadoc_isAFrame() throws Exception {
    String source = Files.readString(Path.of("src/main/java/io/pagurus/internal/log/Frame.java"));
    String sample = source.substring(source.indexOf("<h2>A sample</h2>"));
    StringBuilder hex = new StringBuilder();
    for (String line : sample.substring(0, sample.indexOf("</pre>")).lines().toList()) {
      Matcher bytes = HEX.matcher(line);
      if (bytes.matches()) {
        hex.append(bytes.group(1).replace(" ", ""));
      }
    }
    Blocks.Writer entries = new Blocks.Writer(OBJECT, Compression.RAW);
    entries.add(1, GoldenFrames.bytes("key"), null);
    Frame expected = GoldenFrames.frame(FrameKind.COMMIT, 3, 5, "hi", entries.finish());
    assertThat(hex.toString()).isEqualTo(HexFormat.of().formatHex(stored(expected)));
    Frame frame = read(HexFormat.of().parseHex(hex));
    assertThat(show(frame)).isEqualTo(show(expected));
  }
}
