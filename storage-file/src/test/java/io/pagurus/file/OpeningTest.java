package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.DamageReport;
import io.pagurus.IncompatibleStateException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.LogSettings;
import io.pagurus.spi.Recovery;
import io.pagurus.testkit.BackendOwner;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a store comes up that is new, half made, not this one's, or long. */
class OpeningTest {
  @TempDir Path directory;

  private TinyStore store(TinyStore.Form form, String name) {
    return new TinyStore(directory.resolve(name), form);
  }

  private static BackendOwner filled(TinyStore store) {
    BackendOwner owner = store.open();
    for (int i = 0; i < 10; i++) {
      String key = "key" + i;
      owner.commit(draft -> draft.put(0, key, "value of " + key));
    }
    return owner;
  }

  private static Map<String, byte[]> closed(TinyStore store) {
    filled(store).backend().close();
    return store.files();
  }

  @ParameterizedTest
  @EnumSource
  void storeWhoseMakingWasInterrupted_opensAsNew(TinyStore.Form form) {
    TinyStore made = store(form, "made");
    Map<String, byte[]> files = closed(made);
    String first =
        form == TinyStore.Form.APPEND
            ? "c/0000000000000000.seal"
            : "c/7fffffffffffffff/7fffffffffffffff";
    TinyStore half = store(form, "half");
    TinyStore.write(half.root, Map.of(first, files.get(first)));
    for (DamagePolicy policy : DamagePolicy.values()) {
      BackendOwner owner = half.open(policy);
      assertThat(owner.version()).isZero();
      assertThat(owner.backend().recovery().damage()).isNull();
      owner.backend().close();
    }
    assertThat(half.files().get("FORMAT")).isEqualTo(files.get("FORMAT"));
  }

  @ParameterizedTest
  @EnumSource
  void formatWithoutLog_isDamage(TinyStore.Form form) {
    Map<String, byte[]> files = closed(store(form, "made"));
    TinyStore bare = store(form, "bare");
    TinyStore.write(bare.root, Map.of("FORMAT", files.get("FORMAT")));
    for (DamagePolicy policy : List.of(DamagePolicy.FAIL, DamagePolicy.LAST_GOOD)) {
      assertThatThrownBy(() -> bare.open(policy)).isInstanceOf(CorruptStateException.class);
      assertThat(bare.files()).hasSize(1);
    }
    BackendOwner owner = bare.open(DamagePolicy.EMPTY);
    assertThat(owner.backend().recovery().damage()).isNotNull();
    owner.commit(draft -> draft.put(0, "a", "b"));
    owner.backend().close();
    bare.open().backend().close();
  }

  @Test
  void segmentsWithoutAnyCommit_areDamage() {
    Map<String, byte[]> files = closed(store(TinyStore.Form.APPEND, "made"));
    TinyStore store = store(TinyStore.Form.APPEND, "without");
    files.keySet().removeIf(name -> name.endsWith(".log"));
    files.put("s/0000000000000002/" + new java.util.UUID(1, 2), new byte[10]);
    TinyStore.write(store.root, files);
    assertThatThrownBy(() -> store.open()).isInstanceOf(CorruptStateException.class);
    BackendOwner owner = store.open(DamagePolicy.EMPTY);
    DamageReport report = Objects.requireNonNull(owner.backend().recovery().damage());
    assertThat(report.quarantined()).hasSize(1);
    owner.backend().close();
  }

  @ParameterizedTest
  @EnumSource
  void objectsOfAnotherStore_areRefusedUnderEveryPolicy(TinyStore.Form form) {
    Map<String, byte[]> mine = closed(store(form, "mine"));
    Map<String, byte[]> foreign = closed(store(form, "foreign"));
    int refused = 0;
    for (String name : mine.keySet()) {
      if (!foreign.containsKey(name) || name.endsWith(".seal")) {
        continue; // of a seal nothing but its being there counts
      }
      Map<String, byte[]> mixed = new HashMap<>(mine);
      mixed.put(name, foreign.get(name));
      for (DamagePolicy policy : DamagePolicy.values()) {
        TinyStore store = store(form, "mixed" + name.hashCode() + policy);
        TinyStore.write(store.root, mixed);
        try {
          BackendOwner owner = store.open(policy);
          assertThat(TinyStore.dump(owner.backend()).get(0)).as(name).hasSize(10);
          owner.backend().close();
        } catch (IncompatibleStateException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThanOrEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource
  void newerFormat_isRefusedUnderEveryPolicy(TinyStore.Form form) {
    Map<String, byte[]> files = closed(store(form, "made"));
    String newest =
        form == TinyStore.Form.APPEND
            ? "c/0000000000000002.00000000.log"
            : "c/7ffffffffffffffd/7ffffffffffffff5";
    for (String name : List.of("FORMAT", newest)) {
      byte[] newer = Objects.requireNonNull(files.get(name)).clone();
      newer[5] = 2;
      CRC32C crc = new CRC32C();
      crc.update(newer, 0, 100);
      ByteBuffer.wrap(newer).putInt(100, (int) crc.getValue());
      Map<String, byte[]> changed = new HashMap<>(files);
      changed.put(name, newer);
      for (DamagePolicy policy : DamagePolicy.values()) {
        TinyStore store = store(form, "newer" + name.hashCode() + policy);
        TinyStore.write(store.root, changed);
        assertThatThrownBy(() -> store.open(policy).backend().close())
            .as("%s under %s", name, policy)
            .isInstanceOf(IncompatibleStateException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void storageThatCannotBeRead_isUnavailableUnderEveryPolicy(TinyStore.Form form)
      throws IOException {
    Map<String, byte[]> files = closed(store(form, "made"));
    String newest =
        form == TinyStore.Form.APPEND
            ? "c/0000000000000002.00000000.log"
            : "c/7ffffffffffffffd/7ffffffffffffff5";
    for (String name : List.of("FORMAT", newest)) {
      for (DamagePolicy policy : DamagePolicy.values()) {
        TinyStore store = store(form, "unreadable" + name.hashCode() + policy);
        TinyStore.write(store.root, files);
        Files.delete(store.root.resolve(name));
        // A link that leads to itself: reading it fails, and it is not absent.
        Files.createSymbolicLink(store.root.resolve(name), store.root.resolve(name));
        assertThatThrownBy(() -> store.open(policy).backend().close())
            .as("%s under %s", name, policy)
            .isInstanceOf(StoreUnavailableException.class);
      }
    }
  }

  @Test
  void tornTail_isCutAndReported() throws IOException {
    TinyStore store = store(TinyStore.Form.APPEND, "torn");
    Map<String, byte[]> files = closed(store);
    Path part = store.root.resolve("c/0000000000000002.00000000.log");
    byte[] whole = Files.readAllBytes(part);
    byte[] torn = Arrays.copyOf(whole, whole.length + 77);
    Arrays.fill(torn, whole.length, torn.length, (byte) 'P');
    Files.write(part, torn);
    BackendOwner owner = store.open();
    Recovery recovery = owner.backend().recovery();
    assertThat(owner.version()).isEqualTo(10);
    assertThat(recovery.bytesCut()).isEqualTo(77);
    assertThat(recovery.bytesRead()).isPositive().isLessThan(torn.length);
    assertThat(recovery.damage()).isNull();
    owner.backend().close();
    assertThat(Files.readAllBytes(part)).as("never truncated").isEqualTo(torn);
    assertThat(files).isNotEmpty();
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  @Test
  void partOfManyTinyCommits_opensQuickly() {
    TinyStore store =
        new TinyStore(
            directory.resolve("many"), TinyStore.Form.APPEND, LogSettings.DEFAULT, 256 << 20);
    BackendOwner owner = store.open();
    int commits = 250_000;
    for (int i = 0; i < commits; i++) {
      String key = "key" + i % 1000;
      owner.commit(draft -> draft.put(0, key, "v"));
    }
    owner.backend().close();
    for (int i = 0; i < 2; i++) {
      long begin = cpuNanos();
      owner = store.open();
      System.out.printf(
          "opened %d commits, %d bytes, in %d ms of CPU time%n",
          commits, store.bytes(), (cpuNanos() - begin) / 1_000_000);
      if (i == 0) {
        owner.backend().close();
        // Away with what carries the newest commit on, so that the long part is read again.
        store.files().keySet().stream()
            .filter(name -> name.startsWith("c/0000000000000003"))
            .forEach(name -> assertThat(store.root.resolve(name).toFile().delete()).isTrue());
      }
    }
    assertThat(owner.version()).isEqualTo(commits);
    assertThat(owner.acquired().entries()).isEqualTo(1000);
    owner.backend().close();
  }
}
