package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P3: two processes that take one store from each other all the time make one history. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class RaceTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takingOverFromEachOther_confirmsOneHistory(boolean small) {
    race(small, Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Tag("long")
  void takingOverFromEachOther_confirmsOneHistory_forAMinute(boolean small) {
    race(small, Duration.ofMinutes(1));
  }

  private void race(boolean small, Duration time) {
    String url = "file:" + directory.resolve("state");
    List<String> lines = new ArrayList<>();
    List<List<String>> said = new ArrayList<>();
    try (ForkedJvm a = racer(url, small, "a");
        ForkedJvm b = racer(url, small, "b")) {
      a.await("READY");
      b.await("READY");
      long until = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < until) {
        LockSupport.parkNanos(10_000_000);
      }
      for (ForkedJvm racer : List.of(a, b)) {
        racer.send("stop");
        assertThat(racer.awaitExit(Duration.ofSeconds(30))).as(racer.stderr()).isZero();
        List<String> its = racer.takeLines();
        assertThat(its).as(racer.stderr()).endsWith("DONE").noneMatch(l -> l.startsWith("X "));
        said.add(its);
        lines.addAll(its);
      }
    }
    assertThat(said)
        .as("both had the store")
        .allMatch(its -> its.stream().anyMatch(line -> line.startsWith("C ")));
    assertOneHistory(url, small, lines);
  }

  private static ForkedJvm racer(String url, boolean small, String name) {
    return ForkedJvm.of(Racer.class)
        .jvmArgs("-Xmx256m")
        .args(url, Boolean.toString(small), name)
        .start();
  }

  private static void assertOneHistory(String url, boolean small, List<String> lines) {
    Map<Integer, String> confirmed = new TreeMap<>();
    Set<String> sessions = new HashSet<>();
    int lost = 0;
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals("C")) {
        String twice = confirmed.put(Integer.parseInt(words[1]), words[2]);
        assertThat(twice).as("the link that %s was confirmed for", line).isNull();
        sessions.add(words[2].substring(0, words[2].indexOf('-')));
      } else if (words[0].equals("L")) {
        lost++;
      }
    }
    try (StateStore store = Racer.builder(url, small).open()) {
      StateMap<Integer, String> chain = Racer.chain(store);
      int length = Math.toIntExact(chain.size());
      String previous = "none";
      for (int n = 0; n < length; n++) {
        String[] link = chain.getOrDefault(n, "none none").split(" ");
        assertThat(link[1]).as("what link %s follows", n).isEqualTo(previous);
        previous = link[0];
        String promised = confirmed.remove(n);
        if (promised != null) {
          assertThat(previous).as("link %s", n).isEqualTo(promised);
        }
      }
      assertThat(confirmed).as("confirmed and not in the history").isEmpty();
      assertThat(store.counter("length").get()).isEqualTo(length);
      System.out.printf(
          "epoch %d, %d sessions that confirmed something, %d links, %d times fenced in a commit%n",
          store.status().restore().epoch(), sessions.size(), length, lost);
    }
  }
}
