package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.LogSettings;
import io.pagurus.internal.log.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many requests a store in a bucket makes. */
@ExtendWith(LeakExtension.class)
class BucketCostTest {
  private static final LogSettings SETTINGS =
      new LogSettings(8 << 20, 64 << 20, 32 << 20, 64 << 20, Duration.ZERO, 8)
          .with(LogSettings.Restore.BUCKET);

  private final AtomicReference<CountingObjectStore> network = new AtomicReference<>();

  /** Works between two commits, as it does where a commit takes longer than in memory. */
  private final LazyBucket.OnDemand compactor = new LazyBucket.OnDemand();

  private final LazyBucket bucket = new LazyBucket(SETTINGS, this::counting, compactor);

  private ObjectStore counting(ObjectStore target) {
    CountingObjectStore counting = new CountingObjectStore(target);
    network.set(counting);
    return counting;
  }

  private CountingObjectStore requests() {
    return Objects.requireNonNull(network.get());
  }

  @Test
  void commit_upToFourMebibytes_isOneRequest() {
    BackendOwner owner = bucket.own();
    for (int size : new int[] {1, 1 << 10, 64 << 10, 1 << 20, 4 << 20}) {
      byte[] value = new byte[size];
      int before = requests().all();
      int puts = requests().puts.get();
      owner.commit(c -> c.put(20, Bytes.utf8("key"), value));
      assertThat(requests().puts.get() - puts).isEqualTo(1);
      assertThat(requests().all() - before).as("%s bytes", size).isEqualTo(1);
    }
    owner.backend().close();
  }

  @Test
  void manySmallCommits_leaveARestartBounded_andCostLittleMoreThanThemselves() {
    int commits = 10_000;
    BackendOwner owner = bucket.own();
    CountingObjectStore writing = requests();
    for (int i = 0; i < commits; i++) {
      int n = i;
      owner.commit(c -> c.put(20, "key" + n % 500, "value" + n));
      compactor.run();
    }
    owner.backend().close();
    System.out.println("10,000 small commits: " + writing);
    assertThat(writing.puts.get()).isLessThan(commits + commits / 100);
    assertThat(writing.lists.get()).isLessThan(commits / 50);
    assertThat(writing.gets.get()).isLessThan(2 * commits);

    BackendOwner next = bucket.own();
    System.out.println("Opened with " + requests());
    assertThat(next.get(20, "key499")).isEqualTo("value9999");
    assertThat(next.backend().count(20, List.of())).isEqualTo(500);
    // A slot is read twice: verified before its owner is disturbed.
    assertThat(requests().gets.get()).isLessThan(2 * SETTINGS.tailCommits() + 30);
    assertThat(requests().lists.get()).isLessThan(30);
    assertThat(requests().puts.get()).isLessThan(5);
    next.backend().close();
  }

  @Test
  void smallCommits_toALargeState_areMergedWhenThatIsWorthIt_orThereAreTooMany() {
    LogSettings tiny =
        new LogSettings(1 << 20, 1 << 20, 64 << 10, 1 << 20, Duration.ZERO, 2)
            .withTailCommits(10, 200);
    LazyBucket large = new LazyBucket(tiny, this::counting, compactor);
    BackendOwner owner = large.own();
    owner.commit(
        c -> {
          for (int i = 0; i < 2_000; i++) {
            c.put(20, Bytes.utf8("key" + i), new byte[1_000]);
          }
        });
    CountingObjectStore writing = requests();
    long before = 0;
    for (int i = 0; i < 600; i++) {
      int n = i;
      owner.commit(c -> c.put(20, "key" + n, "small"));
      compactor.run();
      if (i == 100) {
        before = writing.puts.get();
      }
    }
    owner.backend().close();
    assertThat(before).as("merged once, for the first commit").isLessThan(250);
    BackendOwner next = large.own();
    assertThat(requests().gets.get()).isLessThan(2 * 200 + 150);
    assertThat(next.get(20, "key599")).isEqualTo("small");
    next.backend().close();
  }
}
