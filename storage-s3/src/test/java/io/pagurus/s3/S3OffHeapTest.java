package io.pagurus.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** State in a bucket, served from files on the local disk. */
class S3OffHeapTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir Path directory;

  private String url(S3Server server) {
    return server.newUrl() + "&live=offheap&liveDir=" + directory.resolve("live");
  }

  private static ForkedJvm fork(String heap, String... args) {
    return ForkedJvm.of(LargeStateService.class)
        .jvmArgs(
            heap,
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED")
        .jvmArgs(S3Server.credentials())
        .args(args)
        .start();
  }

  private static String await(ForkedJvm service, String prefix) {
    return service.awaitPrefix(prefix, PATIENCE);
  }

  private List<String> directories() {
    try (Stream<Path> paths = Files.list(directory.resolve("live"))) {
      return paths
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString().replaceFirst(".*-", ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void table_ofACleanEnd_isOpenedAgain_andOfAKilledProcessIsMadeAgain() {
    String url = url(S3Server.inThisJvm());
    try (ForkedJvm service = fork("-Xmx256m", "fill", url, "8")) {
      await(service, "DONE");
    }
    try (ForkedJvm service = fork("-Xmx256m", "compare", url, "8", "wait")) {
      assertThat(await(service, "ALL ")).contains(" 1024 entries").endsWith(" 0 bytes read");
      await(service, "HEAP ");
      service.signal(ForkedJvm.Signal.KILL);
      service.awaitExit(PATIENCE);
    }
    try (ForkedJvm service = fork("-Xmx256m", "compare", url, "8")) {
      assertThat(await(service, "ALL ")).contains(" 1024 entries").doesNotEndWith(" 0 bytes read");
      await(service, "DONE");
    }
    assertThat(directories()).containsExactly("0");
  }

  @Test
  void reader_besideTheOwner_hasATableOfItsOwn() {
    String url = url(S3Server.inThisJvm());
    try (ForkedJvm owner = fork("-Xmx256m", "fill", url, "1", "wait")) {
      await(owner, "HEAP ");
      try (ForkedJvm reader = fork("-Xmx256m", "look", url, "1")) {
        assertThat(await(reader, "ALL ")).contains(" 128 entries");
        await(reader, "DONE");
      }
      assertThat(directories()).containsExactly("0", "1");
    }
  }

  @Test
  void open_withoutTheFlags_saysWhichAreMissing_andLeavesNothingLocked() {
    String url = url(S3Server.inThisJvm());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> StateStore.open(url))
          .hasStackTraceContaining("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    }
    assertThat(directory.resolve("live").toFile().list()).hasSize(1);
  }

  /** 1 GiB with a heap of half as much, whole and compared, after a close and after a kill. */
  @Test
  @Tag("long")
  @Timeout(1_800)
  void state_ofTwiceTheHeap_isServedWhole() {
    String url = url(CephRgw.inThisMachine());
    try (ForkedJvm service = fork("-Xmx512m", "fill", url, "1024")) {
      System.out.println("filled, MiB of heap in use: " + await(service, "HEAP "));
      await(service, "DONE");
    }
    for (String after : List.of("a close", "a kill", "a kill")) {
      try (ForkedJvm service = fork("-Xmx512m", "compare", url, "1024", "wait")) {
        System.out.printf(
            "after %s: open after %s ms, first read after %s ms, all compared after %s, %s MiB of"
                + " heap in use%n",
            after,
            await(service, "OPENED "),
            await(service, "FIRST "),
            await(service, "ALL "),
            await(service, "HEAP "));
        service.signal(ForkedJvm.Signal.KILL);
        service.awaitExit(PATIENCE);
      }
    }
  }
}
