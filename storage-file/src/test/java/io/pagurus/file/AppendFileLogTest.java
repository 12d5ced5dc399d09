package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.IncompatibleStateException;
import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.DamageException;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.Range;
import io.pagurus.internal.log.SampleFrames;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on a real disk, what is stored and what is made of it when it was changed. */
class AppendFileLogTest {
  private static final UUID STORE = new UUID(1, 2);

  @TempDir Path directory;
  private Path root;
  private Logs logs;

  @BeforeEach
  void prepare() {
    root = directory.resolve("data").resolve("checkout");
    logs = new Logs(new LocalDisk(Durability.POWER), root, new SampleFrames(STORE, 1));
  }

  private static List<UUID> ids(AppendFileLog log, Range range) {
    List<UUID> ids = new ArrayList<>();
    log.read(range, frame -> ids.add(frame.identity().objectId()));
    return ids;
  }

  // ---- epochs and parts -----------------------------------------------------------------------

  @Test
  void newLog_isSealedOnceAndEmpty() throws IOException {
    AppendFileLog log = logs.open();
    Files.createDirectories(root);
    assertThat(log.look()).isNull();
    assertThat(log.history()).isEqualTo(History.NONE);

    Seal first = logs.frames.seal(0);
    assertThat(log.create(first)).isEqualTo(first);
    assertThat(logs.open().create(logs.frames.seal(0))).isEqualTo(first);
    assertThat(log.look()).isEqualTo(new Tip(1, first, ""));
    assertThat(log.history().frames()).isEmpty();
    assertThat(log.sealOf(0)).isEqualTo(first);
    assertThat(log.sealOf(1)).isNull();
  }

  @Test
  void commits_areReadBackInOrder() {
    Logs.Owner owner = logs.own().start();
    Tip before = owner.log.look();
    UUID one = owner.commit();
    UUID two = owner.commit(600_000);
    UUID three = owner.commit(0);
    owner.log.close();

    AppendFileLog log = logs.open();
    assertThat(log.look()).isNotEqualTo(before);
    History history = log.history();
    assertThat(SampleFrames.restored(history).ids()).containsExactly(one, two, three);
    assertThat(history.cut()).isZero();
    assertThat(history.damages()).isEmpty();
    assertThat(history.newestVersion()).isEqualTo(3);
    assertThat(ids(log, new Range(2, 0, 1, 3))).containsExactly(one, two, three);
    assertThat(ids(log, new Range(2, 0, 2, 2))).containsExactly(two);
    assertThat(ids(log, new Range(2, 0, 4, 3))).isEmpty();
    assertThatThrownBy(() -> ids(log, new Range(2, 0, 0, 1)))
        .isInstanceOf(DamageException.class)
        .hasMessageContaining("the part begins with commit 1");
  }

  @Test
  void carriedCommit_isReadWhereItWasCarriedTo_anOpenFrameIsNone() {
    Logs.Owner first = logs.own().start();
    first.commit();
    UUID carried = first.commit();

    Logs.Owner second = logs.own();
    assertThat(second.log.start(logs.frames.carry(second.epoch, second.commits)))
        .isEqualTo(new Append.Done());
    UUID next = second.commit();
    AppendFileLog log = logs.open();
    assertThat(ids(log, new Range(3, 0, 2, 3))).containsExactly(carried, next);
    assertThat(log.verify(new Range(3, 0, 2, 3))).isEmpty();

    Logs.Owner third = logs.own().start();
    UUID last = third.commit();
    assertThat(ids(log, new Range(4, 0, 4, 4))).containsExactly(last);
    assertThat(log.verify(new Range(4, 0, 3, 4)))
        .singleElement()
        .satisfies(damage -> assertThat(damage.what()).contains("begins with commit 4"));
  }

  @Test
  void nextOwner_goesOnWhereTheLastEnded() {
    Logs.Owner first = logs.own().start();
    UUID one = first.commit();
    Logs.Owner second = logs.own().start();
    UUID two = second.commit();
    UUID three = second.commit();
    Logs.Owner third = logs.own();

    assertThat(second.epoch).isEqualTo(3);
    assertThat(third.commits.ids()).containsExactly(one, two, three);
    assertThat(ids(third.log, new Range(3, 0, 2, 3))).containsExactly(two, three);
    assertThat(third.log.sealOf(2)).isEqualTo(Objects.requireNonNull(third.log.look()).seal());
  }

  @Test
  void ownerThatIsSealed_isFencedForGood() {
    Logs.Owner first = logs.own().start();
    first.commit();
    Logs.Owner second = logs.own();

    Seal by = second.log.sealOf(first.epoch);
    Frame late = first.next(10);
    assertThat(first.log.append(late)).isEqualTo(new Append.Fenced(Objects.requireNonNull(by)));
    assertThat(first.log.append(late)).isEqualTo(new Append.Fenced(by));
    second.start().commit();
    assertThat(logs.own().commits).isEqualTo(second.commits);
  }

  @Test
  void ownerThatIsSealedBeforeItStarts_isFenced() {
    Logs.Owner first = logs.own();
    Logs.Owner second = logs.own();
    assertThat(first.tryStart()).isInstanceOf(Append.Fenced.class);
    second.start().commit();
  }

  @Test
  void seal_ofManyAtOnce_hasOneWinner() throws Exception {
    Logs.Owner owner = logs.own().start();
    race(
        200,
        (thread, round) -> {
          AppendFileLog log = logs.open();
          synchronized (logs.frames) {
            Seal seal = logs.frames.seal(owner.epoch + round);
            return new SealTry(log, seal);
          }
        });
  }

  private record SealTry(AppendFileLog log, Seal seal) implements Callable<Boolean> {
    @Override
    public Boolean call() {
      return seal.equals(log.seal(seal));
    }
  }

  private interface Racer {
    Callable<Boolean> prepare(int thread, int round);
  }

  private static void race(int rounds, Racer racer) throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < rounds; round++) {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          Callable<Boolean> one = racer.prepare(thread, round);
          results.add(
              pool.submit(
                  () -> {
                    barrier.await();
                    return one.call();
                  }));
        }
        int winners = 0;
        for (Future<Boolean> result : results) {
          winners += result.get() ? 1 : 0;
        }
        assertThat(winners).as("winners in round %d", round).isEqualTo(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void fullPart_isFollowedByTheNext() {
    AppendFileLog log = logs.open(10_000);
    Logs.Owner owner = logs.own(log).start();
    while (!log.partIsFull()) {
      owner.commit(1_000);
    }
    long inFirst = owner.commits.version();
    assertThat(log.currentPart()).isZero();
    owner.start();
    assertThat(log.currentPart()).isEqualTo(1);
    assertThat(log.partIsFull()).isFalse();
    UUID last = owner.commit();

    History history = logs.open().history();
    assertThat(history.frames()).hasSize(2).allMatch(frame -> frame.part() == 1);
    assertThat(SampleFrames.restored(history)).isEqualTo(owner.commits);
    Range older = new Range(owner.epoch, 0, 1, inFirst);
    assertThat(ids(log, older)).isEqualTo(owner.commits.ids().subList(0, (int) inFirst));
    assertThat(ids(log, new Range(owner.epoch, 1, inFirst + 1, inFirst + 1))).containsExactly(last);
    assertThat(log.objects(older))
        .extracting(ObjectInfo::key)
        .containsExactly("c/0000000000000002.00000000.log");

    log.delete(older);
    log.delete(older);
    assertThat(log.objects(older)).isEmpty();
    assertThatThrownBy(() -> ids(log, older))
        .isInstanceOf(DamageException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining("c/0000000000000002.00000000.log");
    assertThatThrownBy(() -> log.delete(new Range(owner.epoch, 1, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(log.olderThan(owner.epoch)).isEmpty();
    assertThat(log.olderThan(owner.epoch + 1))
        .containsExactly(new Range(owner.epoch, 1, 1, Long.MAX_VALUE));
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    logs.own().start().commit();
    try (var files = Files.walk(directory.resolve("data"))) {
      for (Path path : (Iterable<Path>) files::iterator) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void directoryThatWentAway_confirmsNothing() throws IOException {
    Logs.Owner owner = logs.own().start();
    Path aside = directory.resolve("aside");
    Files.move(root, aside);
    Frame frame = owner.next(10);
    assertThat(owner.log.append(frame))
        .isInstanceOfSatisfying(
            Append.Retry.class,
            retry -> {
              assertThat(retry.outcomeUnknown()).isTrue();
              assertThat(retry.cause()).hasMessageContaining("no longer where it was");
            });
    assertThatThrownBy(() -> logs.open().look())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("is not there");

    Files.createDirectories(root.resolve("c"));
    Files.createFile(owner.part());
    assertThat(owner.log.append(frame)).isInstanceOf(Append.Retry.class);

    try (var copies = Files.walk(root)) {
      for (Path path : copies.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    Files.move(aside, root);
    assertThat(owner.log.append(frame)).isEqualTo(new Append.Done());
  }

  // ---- torn writes ----------------------------------------------------------------------------

  @Test
  void lastFrame_cutAnywhere_isATornTail() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    UUID last = owner.commits.newest();
    int whole = (int) Files.size(owner.part());
    owner.commit();
    byte[] bytes = Files.readAllBytes(owner.part());

    for (int length = whole; length < bytes.length; length++) {
      Files.write(owner.part(), Arrays.copyOf(bytes, length));
      History history = logs.open().history();
      assertThat(SampleFrames.restored(history).newest()).isEqualTo(last);
      assertThat(history.cut()).isEqualTo(length - whole);
      assertThat(history.damages()).isEmpty();

      byte[] zeros = Arrays.copyOf(Arrays.copyOf(bytes, length), bytes.length + 5_000);
      Files.write(owner.part(), zeros);
      history = logs.open().history();
      assertThat(SampleFrames.restored(history).newest()).isEqualTo(last);
      assertThat(history.cut()).isEqualTo(zeros.length - whole);
      assertThat(history.damages()).isEmpty();
    }
  }

  @Test
  void newestPartThatNeverBegan_leavesTheOneBefore() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    Path first = owner.part();
    owner.start();
    byte[] second = Files.readAllBytes(owner.part());
    for (int length = 0; length < second.length; length++) {
      Files.write(owner.part(), Arrays.copyOf(second, length));
      assertThat(SampleFrames.restored(logs.open().history())).isEqualTo(owner.commits);
      assertThat(logs.open().history().damages()).isEmpty();
    }
    Path never = root.resolve(new LogNames.Part(owner.epoch + 1, 0).key());
    Files.write(never, new byte[0]);
    assertThat(SampleFrames.restored(logs.open().history())).isEqualTo(owner.commits);
    assertThat(Objects.requireNonNull(logs.open().look()).epoch()).isEqualTo(owner.epoch + 1);
    assertThat(first).isNotEqualTo(owner.part());
  }

  @Test
  void tornTail_isReadPastByTheSuccessor() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    byte[] bytes = Files.readAllBytes(owner.part());
    Files.write(owner.part(), Arrays.copyOf(bytes, bytes.length + 77));
    Logs.Owner second = logs.own().start();
    second.commit();
    assertThat(ids(second.log, new Range(owner.epoch, 0, 1, 1))).hasSize(1);
    assertThat(logs.own().commits).isEqualTo(second.commits);
  }

  @Test
  void frameBehindAnotherCommit_isNeverTaken() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    SampleFrames.Commits other = SampleFrames.Commits.NONE.and(logs.frames.id());
    Frame stranger = logs.frames.commit(owner.epoch, other, 100);
    for (ByteBuffer bytes : stranger.bytes()) {
      byte[] some = new byte[bytes.remaining()];
      bytes.get(some);
      Files.write(owner.part(), some, StandardOpenOption.APPEND);
    }
    History history = logs.open().history();
    assertThat(SampleFrames.restored(history)).isEqualTo(owner.commits);
    assertThat(history.cut()).isEqualTo(stranger.length());
  }

  // ---- damage ---------------------------------------------------------------------------------

  @Test
  void flippedByte_inTheMiddle_isDamageWithItsPlace() throws IOException {
    Logs.Owner owner = logs.own().start();
    UUID one = owner.commit();
    int from = (int) Files.size(owner.part());
    owner.commit();
    int to = (int) Files.size(owner.part());
    owner.commit();
    owner.commit();
    byte[] bytes = Files.readAllBytes(owner.part());

    for (int at = from; at < to; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(owner.part(), damaged);
      History history = logs.open().history();
      assertThat(history.damages()).as("byte %d", at).hasSize(1);
      assertThat(history.damages().get(0).object()).isEqualTo("c/0000000000000002.00000000.log");
      assertThat(history.damages().get(0).offset()).isBetween((long) from, to - 1L);
      assertThat(SampleFrames.restored(history).ids()).containsExactly(one);
      assertThat(history.newestVersion()).isEqualTo(4);
      assertThat(history.cut()).isZero();
      assertThatThrownBy(() -> ids(logs.open(), new Range(owner.epoch, 0, 1, 4)))
          .isInstanceOfSatisfying(
              DamageException.class,
              e -> assertThat(e.damage()).isEqualTo(history.damages().get(0)));
    }
    byte[] damaged = bytes.clone();
    damaged[from + 3] ^= 1;
    Files.write(owner.part(), damaged);
    assertThat(logs.open().history().damages().get(0).offset()).isEqualTo(from);
  }

  @Test
  void flippedByte_inTheFirstFrame_fallsBackAndSaysSo() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    SampleFrames.Commits before = owner.commits;
    Path first = owner.part();
    owner.start();
    owner.commit();
    owner.commit();
    byte[] bytes = Files.readAllBytes(owner.part());
    bytes[Frame.HEADER_BYTES + 1] ^= 1;
    Files.write(owner.part(), bytes);

    History history = logs.open().history();
    assertThat(SampleFrames.restored(history)).isEqualTo(before);
    assertThat(history.damages()).hasSize(1);
    assertThat(history.damages().get(0).object()).endsWith(".00000001.log");
    assertThat(history.damages().get(0).offset()).isEqualTo(Frame.HEADER_BYTES);
    assertThat(history.newestVersion()).isEqualTo(3);

    byte[] shorter = Files.readAllBytes(first);
    Files.write(first, Arrays.copyOf(shorter, shorter.length - 1));
    history = logs.open().history();
    assertThat(history.damages())
        .as("the tail of a part that was followed by another cannot be torn")
        .hasSize(2);
    assertThat(history.damages().get(1).object()).endsWith(".00000001.log");
    assertThat(history.frames()).hasSize(1);
    assertThat(history.cut()).isZero();
  }

  @Test
  void missingFrame_isDamage() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    int from = (int) Files.size(owner.part());
    owner.commit();
    int to = (int) Files.size(owner.part());
    owner.commit();
    byte[] bytes = Files.readAllBytes(owner.part());
    byte[] without = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, without, from, bytes.length - to);
    Files.write(owner.part(), without);

    History history = logs.open().history();
    assertThat(history.damages()).hasSize(1);
    assertThat(history.damages().get(0).offset()).isEqualTo(from);
    assertThat(history.damages().get(0).what()).contains("where commit 2 of epoch 2");
    assertThat(history.newestVersion()).isEqualTo(3);
  }

  @Test
  void shorterFile_thanItsRange_isDamage() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    long length = Files.size(owner.part());
    assertThatThrownBy(() -> ids(owner.log, new Range(owner.epoch, 0, 1, 2)))
        .isInstanceOfSatisfying(
            DamageException.class, e -> assertThat(e.damage().offset()).isEqualTo(length));
    assertThatThrownBy(() -> ids(owner.log, new Range(owner.epoch, 3, 1, 2)))
        .isInstanceOf(DamageException.class);
  }

  @Test
  void fileOfAnotherStore_isRefused() throws IOException {
    Logs.Owner owner = logs.own().start();
    owner.commit();
    Path elsewhere = directory.resolve("elsewhere");
    Logs others = new Logs(logs.disk, elsewhere, new SampleFrames(new UUID(3, 4), 2));
    Logs.Owner other = others.own().start();
    Files.copy(owner.part(), elsewhere.resolve("c/0000000000000009.00000000.log"));
    assertThatThrownBy(() -> others.open().history())
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessageContaining("belongs to another store");
    assertThat(other.epoch).isEqualTo(2);
  }

  @Test
  void damagedSeal_sealsAllTheSame() throws IOException {
    Logs.Owner first = logs.own().start();
    first.commit();
    Logs.Owner second = logs.own();
    Path seal = root.resolve("c/0000000000000002.seal");
    byte[] bytes = Files.readAllBytes(seal);
    bytes[50] ^= 1;
    Files.write(seal, bytes);
    assertThat(first.log.append(first.next(1))).isInstanceOf(Append.Fenced.class);
    second.start().commit();
    Tip tip = Objects.requireNonNull(logs.open().look());
    assertThat(Objects.requireNonNull(tip.seal()).owner().host()).isEqualTo("unknown");
    assertThat(logs.own().commits).isEqualTo(second.commits);
  }
}
