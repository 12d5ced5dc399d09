package io.pagurus.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final List<Long> COUNTS =
      List.of(0L, 1L, 127L, 128L, 16_383L, 16_384L, 1L << 31, 1L << 62, Long.MAX_VALUE);

  private static byte[] written() {
    Wire.Out out = new Wire.Out();
    out.flag(true).octet(200).fixed32(-2).fixed64(Long.MIN_VALUE);
    COUNTS.forEach(out::count);
    out.id(new UUID(1, -2)).time(Instant.MAX).time(Instant.MIN).text("Zoë").text("");
    out.list(List.of("a", "b"), Wire.Out::text);
    out.maybe("there", Wire.Out::text).maybe((String) null, Wire.Out::text);
    return out.toByteArray();
  }

  private static void read(Wire.In in) {
    assertThat(in.flag()).isTrue();
    assertThat(in.octet()).isEqualTo(200);
    assertThat(in.fixed32()).isEqualTo(-2);
    assertThat(in.fixed64()).isEqualTo(Long.MIN_VALUE);
    COUNTS.forEach(count -> assertThat(in.count()).isEqualTo(count));
    assertThat(in.id()).isEqualTo(new UUID(1, -2));
    assertThat(in.time()).isEqualTo(Instant.MAX);
    assertThat(in.time()).isEqualTo(Instant.MIN);
    assertThat(in.text()).isEqualTo("Zoë");
    assertThat(in.text()).isEmpty();
    assertThat(in.list(Wire.In::text)).containsExactly("a", "b");
    assertThat(in.<String>maybe(Wire.In::text)).isEqualTo("there");
    assertThat(in.<String>maybe(Wire.In::text)).isNull();
  }

  @Test
  void everything_isReadAsItWasWritten() {
    read(new Wire.In(ByteBuffer.wrap(written())));
  }

  @Test
  void anyLengthTruncated_isRefused() {
    byte[] bytes = written();
    for (int i = 0; i < bytes.length; i++) {
      int length = i;
      assertThatThrownBy(() -> read(new Wire.In(ByteBuffer.wrap(bytes, 0, length))))
          .as("length " + length)
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void lengthsThatCannotBe_areRefused_beforeMemoryIsTaken() {
    byte[] huge = new Wire.Out().count(Integer.MAX_VALUE).toByteArray();
    assertThatThrownBy(() -> new Wire.In(ByteBuffer.wrap(huge)).text())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Wire.In(ByteBuffer.wrap(huge)).list(Wire.In::octet))
        .isInstanceOf(IllegalStateException.class);
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) 0xff);
    assertThatThrownBy(() -> new Wire.In(ByteBuffer.wrap(endless)).count())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatCouldNotBeReadAgain_isNotWritten() {
    Wire.Out out = new Wire.Out();
    assertThatThrownBy(() -> out.count(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> out.text("x".repeat((1 << 20) + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> out.list(Collections.nCopies((1 << 24) + 1, 1), Wire.Out::octet))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(out.size()).isZero();
  }
}
