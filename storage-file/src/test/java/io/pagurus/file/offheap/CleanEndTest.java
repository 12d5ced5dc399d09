package io.pagurus.file.offheap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.internal.log.LiveTable;
import io.pagurus.spi.Change;
import io.pagurus.spi.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a table leaves behind, and when that is used again. */
@Tag("offheap")
class CleanEndTest {
  private static final LiveTable.Mark MARK = new LiveTable.Mark(new UUID(1, 2), 42, new UUID(3, 4));
  private static final byte[] LONG_VALUE = new byte[100_000];

  @TempDir Path temporary;
  private Path directory;
  private Path bootId;
  private OffHeapTables tables;

  @BeforeEach
  void makeTables() throws IOException {
    directory = temporary.resolve("store").resolve("live");
    bootId = Files.writeString(temporary.resolve("boot_id"), "boot-1\n");
    tables = new OffHeapTables(directory, bootId);
  }

  /** A table that has grown, had a space cleared, and holds 3,000 entries in spaces 1 and 2. */
  private LiveTable filled() {
    LiveTable table = tables.create(1, 10);
    table.load(1, bytes("gone"), bytes("v"));
    table.apply(List.of(1), List.of(new Change(2, bytes("long"), LONG_VALUE)));
    for (int i = 0; i < 2_999; i++) {
      table.apply(List.of(), List.of(new Change(1, number(i), new byte[10_000])));
    }
    return table;
  }

  private void leaveBehind() {
    filled().close(MARK);
  }

  @Test
  void reopen_afterACleanEnd_goesOn() {
    leaveBehind();
    try (LiveTable table = requireNonNull(tables.reopen(MARK))) {
      assertThat(table.entries()).isEqualTo(3_000);
      assertThat(table.count(1, List.of())).isEqualTo(2_999);
      assertThat(table.get(1, number(7))).hasSize(10_000);
      assertThat(table.get(1, bytes("gone"))).isNull();
      assertThat(table.get(2, bytes("long"))).isEqualTo(LONG_VALUE);
      table.apply(
          List.of(1),
          List.of(new Change(3, bytes("new"), LONG_VALUE), new Change(1, number(1), bytes("1"))));
      assertThat(table.scan(1, new byte[0], null, 10))
          .extracting(Entry::value)
          .containsExactly(bytes("1"));
      assertThat(table.get(2, bytes("long"))).isEqualTo(LONG_VALUE);
      LiveTable.Mark next = new LiveTable.Mark(MARK.storeId(), 43, new UUID(5, 6));
      table.close(next);
      assertThat(tables.reopen(MARK)).isNull();
    }
  }

  @Test
  void reopen_again_countsRight() {
    leaveBehind();
    for (int round = 0; round < 3; round++) {
      LiveTable table = requireNonNull(tables.reopen(MARK));
      table.apply(List.of(), List.of(new Change(1, bytes("round " + round), LONG_VALUE)));
      assertThat(table.entries()).isEqualTo(3_001 + round);
      table.close(MARK);
    }
  }

  @Test
  void reopen_ofAnotherState_isRefusedAndCleansUp() throws IOException {
    for (LiveTable.Mark other :
        List.of(
            new LiveTable.Mark(new UUID(9, 9), 42, new UUID(3, 4)),
            new LiveTable.Mark(new UUID(1, 2), 41, new UUID(3, 4)),
            new LiveTable.Mark(new UUID(1, 2), 42, new UUID(9, 9)))) {
      leaveBehind();
      assertThat(tables.reopen(other)).isNull();
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void reopen_afterAnotherBoot_isRefused() throws IOException {
    leaveBehind();
    Files.writeString(bootId, "boot-2\n");
    assertThat(tables.reopen(MARK)).isNull();
    assertThat(files()).isEmpty();
  }

  @Test
  void reopen_whereBootsCannotBeTold_isRefused() throws IOException {
    leaveBehind();
    Files.delete(bootId);
    assertThat(tables.reopen(MARK)).isNull();
    filled().close(MARK);
    assertThat(files()).as("no proof can be given").isEmpty();
  }

  @Test
  void reopen_afterAnEndOfUnknownState_isRefused() throws IOException {
    filled().close(null);
    assertThat(files()).isEmpty();
    assertThat(tables.reopen(MARK)).isNull();
  }

  @Test
  void reopen_twice_isRefused() throws IOException {
    leaveBehind();
    LiveTable first = requireNonNull(tables.reopen(MARK));
    assertThat(files()).noneMatch(name -> name.startsWith("clean-end"));
    first.close(null);
    assertThat(tables.reopen(MARK)).isNull();
  }

  @Test
  void reopen_withDamage_isRefused() throws IOException {
    leaveBehind();
    byte[] proof = Files.readAllBytes(directory.resolve("clean-end"));
    for (int i = 0; i < proof.length; i++) {
      Files.createDirectories(directory);
      byte[] damaged = proof.clone();
      damaged[i] ^= 1;
      Files.write(directory.resolve("clean-end"), damaged);
      assertThat(tables.reopen(MARK)).as("byte %d", i).isNull();
      assertThat(files()).isEmpty();
    }
    for (int length = 0; length < proof.length; length += 37) {
      Files.createDirectories(directory);
      Files.write(directory.resolve("clean-end"), Arrays.copyOf(proof, length));
      assertThat(tables.reopen(MARK)).as("length %d", length).isNull();
    }
    leaveBehind();
    Files.write(map(), new byte[1], StandardOpenOption.APPEND);
    assertThat(tables.reopen(MARK)).as("a longer map").isNull();
    leaveBehind();
    Files.delete(map());
    assertThat(tables.reopen(MARK)).as("no map").isNull();
    assertThat(files()).isEmpty();
  }

  @Test
  void create_deletesWhatIsThere_andNothingElse() throws IOException {
    leaveBehind();
    Files.writeString(directory.resolve("notes.txt"), "not ours");
    try (LiveTable table = tables.create(0, 0)) {
      assertThat(table.entries()).isZero();
      assertThat(files()).hasSize(2).contains("notes.txt").anyMatch(name -> name.endsWith(".map"));
    }
    assertThat(files()).containsExactly("notes.txt");
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    leaveBehind();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    for (String name : files()) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void close_freesTheMapping() throws IOException {
    LiveTable table = filled();
    assertThat(mapped()).isPositive();
    table.close(MARK);
    assertThat(mapped()).isZero();
    assertThatThrownBy(() -> table.get(1, number(1))).isInstanceOf(IllegalStateException.class);
    table.close();
    assertThat(files()).hasSize(2);
  }

  private long mapped() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(directory.toString())).count();
    }
  }

  private Path map() throws IOException {
    String name = files().stream().filter(n -> n.endsWith(".map")).findFirst().orElseThrow();
    return directory.resolve(name);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }
}
