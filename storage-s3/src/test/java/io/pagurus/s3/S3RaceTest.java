package io.pagurus.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Lifecycle;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.testkit.ForkedJvm;
import io.pagurus.testkit.LeakExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** P3 in a bucket: of two owners one survives, and a process that was frozen is refused. */
@Timeout(600)
@ExtendWith(LeakExtension.class)
class S3RaceTest {
  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Test
  void twoOwners_onOnePrefix_oneSurvives() throws Exception {
    race(20);
  }

  @Test
  @Tag("long")
  void twoOwners_onOnePrefix_oneSurvives_200times() throws Exception {
    race(200);
  }

  private void race(int rounds) throws Exception {
    String url = server().newUrl();
    int confirmedByBoth = 0;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < rounds; round++) {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<Racer>> running = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          String name = "round " + round + ", racer " + i;
          running.add(
              threads.submit(
                  () -> {
                    start.await();
                    return new Racer(url, name);
                  }));
        }
        List<Racer> racers = List.of(running.get(0).get(), running.get(1).get());
        List<Racer> survivors = racers.stream().filter(Racer::confirms).toList();
        assertThat(survivors).as("survivors of round %s", round).hasSize(1);
        try (StateStore view = builder(url).readOnly(true).open()) {
          assertThat(view.value("name", String.class).get()).isEqualTo(survivors.get(0).name);
          for (Racer racer : racers) {
            // What was confirmed is there, also when its owner was fenced right afterwards.
            if (racer.confirmed) {
              assertThat(view.map("all", String.class, String.class).get(racer.name)).isNotNull();
            }
          }
        }
        confirmedByBoth += racers.get(0).confirmed && racers.get(1).confirmed ? 1 : 0;
        racers.forEach(Racer::close);
      }
    } finally {
      threads.shutdown();
    }
    System.out.printf("%d rounds, both had a commit in %d of them%n", rounds, confirmedByBoth);
  }

  private static StateStoreBuilder builder(String url) {
    return StateStore.builder()
        .url(url)
        .commitInterval(Duration.ofHours(1))
        .captureInterval(Duration.ofHours(1))
        .lifecycle(Lifecycle.EXTERNAL);
  }

  /** One that takes the store and commits. */
  private static final class Racer {
    private final StateStore store;
    private final String name;
    private final boolean confirmed;

    Racer(String url, String name) {
      this.name = name;
      this.store = builder(url).ownership(OwnershipPolicy.TAKE_OVER).open();
      this.confirmed = confirms();
    }

    /** Whether a commit of it is confirmed. */
    boolean confirms() {
      try {
        store.update(
            () -> {
              store.value("name", String.class).set(name);
              store.map("all", String.class, String.class).put(name, "confirmed");
            });
        store.flush();
        return true;
      } catch (OwnershipLostException e) {
        return false;
      }
    }

    void close() {
      store.close();
    }
  }

  /** The process is frozen in the middle of its commits, and goes on after another took over. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void frozenOwner_isFenced_whenItWakesUp() {
    String url = server().newUrl();
    try (ForkedJvm zombie =
        ForkedJvm.of(Zombie.class)
            .jvmArgs("-Xmx128m")
            .jvmArgs(S3Server.credentials())
            .args(url)
            .start()) {
      zombie.await("READY");
      for (int i = 0; i < 5; i++) {
        zombie.awaitPrefix("D ");
      }
      zombie.signal(ForkedJvm.Signal.STOP);
      try (StateStore now = builder(url).ownership(OwnershipPolicy.TAKE_OVER).open()) {
        long found = now.counter("count").get();
        now.value("name", String.class).set("successor");
        now.flush();
        zombie.signal(ForkedJvm.Signal.CONT);
        assertThat(zombie.awaitPrefix("LOST ")).isEqualTo("FENCED");
        assertThat(zombie.awaitPrefix("AGAIN ")).isEqualTo("refused");
        zombie.await("DONE");
        List<String> said = zombie.takeLines();
        long confirmed =
            said.stream()
                .filter(line -> line.startsWith("D "))
                .mapToLong(line -> Long.parseLong(line.substring(2)))
                .max()
                .orElse(0);
        assertThat(found).as("what the successor found").isGreaterThanOrEqualTo(confirmed);
        now.counter("count").increment();
        now.flush();
        assertThat(now.counter("count").get()).isEqualTo(found + 1);
        assertThat(now.value("name", String.class).get()).isEqualTo("successor");
      }
    }
  }
}
