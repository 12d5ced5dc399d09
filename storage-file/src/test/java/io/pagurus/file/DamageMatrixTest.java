package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.CorruptStateException;
import io.pagurus.DamagePolicy;
import io.pagurus.DamageReport;
import io.pagurus.internal.log.Workers;
import io.pagurus.testkit.BackendOwner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every object of a store damaged in every way, opened under every policy.
 *
 * <p>What opening creates although it then refuses: the seal of the epoch before, because the state
 * is final only behind it; FORMAT and the first seal, where they are missing and the other one says
 * what was in them. Nothing that is there is changed or removed.
 *
 * <h2>What cannot be told from a store that is whole</h2>
 *
 * <ul>
 *   <li>The newest file of the log cut behind any of its frames, cut to nothing, or gone; the
 *       newest slot gone: nothing else refers to what was in it. It looks like a store whose owner
 *       has not written that yet. An invalid last frame in it looks like a write that a crash
 *       interrupted.
 *   <li>Whatever nothing refers to: the last frame of the log of an older epoch (its successor
 *       carries a copy), trash, orphans.
 *   <li>A seal: it ends its epoch by being there, and the epoch behind it shows that it was.
 *   <li>FORMAT gone: the log says what it says.
 *   <li>What only a checkpoint needs: it is verified when the checkpoint is restored.
 * </ul>
 */
class DamageMatrixTest {
  private static final int COMMITS_AFTER = 25;
  private static final int LONG_SAMPLES = 8;
  private static final int MOST_OF_A_KIND = 3;

  @TempDir Path directory;
  private int copies;

  private record Damage(String name, String object, long at, Map<String, byte[]> files) {}

  @ParameterizedTest
  @EnumSource
  void anyDamage_isFoundAndSteppedOver(TinyStore.Form form) {
    Sample sample = sample(form, 1);
    damageAll(form, sample, someOfEachKind(damages(sample.files)));
  }

  /** Other histories, and with them other files. */
  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void anyDamage_ofManyStores(TinyStore.Form form) {
    long seed = 1;
    for (int i = 0; i < LONG_SAMPLES; i++) {
      Sample sample = sample(form, seed);
      seed = sample.seed + 1;
      damageAll(form, sample, damages(sample.files));
    }
  }

  /** Each object in each way, but not at each place: that takes minutes. */
  private static List<Damage> someOfEachKind(List<Damage> all) {
    Map<String, Integer> taken = new HashMap<>();
    return all.stream()
        .filter(
            damage -> {
              String kind = damage.name.substring(0, damage.name.indexOf(' ')) + damage.object;
              return taken.merge(kind, 1, Integer::sum) <= MOST_OF_A_KIND;
            })
        .toList();
  }

  private void damageAll(TinyStore.Form form, Sample sample, List<Damage> damages) {
    List<String> undetected = new ArrayList<>();
    int found = 0;
    int steppedBack = 0;
    int refused = 0;
    for (Damage damage : damages) {
      try {
        DamageReport report = underFail(sample, damage);
        if (report == null) {
          undetected.add(damage.name);
          continue;
        }
        found++;
        if (underLastGood(sample, damage)) {
          steppedBack++;
        } else {
          refused++;
        }
        underEmpty(sample, damage);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            damage.name + " of sample " + sample.seed + " " + sample.names() + ": " + e, e);
      }
    }
    System.out.printf(
        "%s: %d damages found, stepped back in %d, nothing to step back to in %d, without effect %d%n",
        form, found, steppedBack, refused, undetected.size());
    assertThat(found).isGreaterThan(40);
    assertThat(steppedBack).isGreaterThan(40);
  }

  // ---- the store ------------------------------------------------------------------------------

  private record Sample(
      long seed,
      TinyStore store,
      TinyStore.Model model,
      Map<String, byte[]> files,
      long version,
      List<String> needed,
      String newest) {
    String names() {
      return files.keySet().toString();
    }
  }

  /** Epochs, parts, segments and checkpoints that share some of them. */
  private Sample sample(TinyStore.Form form, long from) {
    for (long seed = from; ; seed++) {
      TinyStore.OnDemand workers = new TinyStore.OnDemand();
      TinyStore store = new TinyStore(directory.resolve("sample" + seed), form).with(workers);
      TinyStore.Model model = new TinyStore.Model();
      Random random = new Random(seed);
      BackendOwner owner = store.open();
      for (int i = 0; i < 90; i++) {
        model.commit(owner, random, 200);
        if (i % 6 == 0) {
          workers.run();
        }
        if (i == 30 || i == 60 || i == 80) {
          owner.backend().close();
          owner = store.open();
        }
      }
      long version = owner.version();
      owner.backend().close();
      var view = store.peek();
      boolean rich =
          view.bases().size() >= 2
              && view.tail().size() >= 2
              && !model.checkpoints.isEmpty()
              && !view.kept().isEmpty();
      if (rich) {
        List<String> needed = new ArrayList<>(view.bases());
        var log = store.log();
        view.tail().forEach(r -> log.objects(r).forEach(o -> needed.add(o.key())));
        Map<String, byte[]> files = store.files();
        String newest =
            form == TinyStore.Form.APPEND
                ? files.keySet().stream().filter(n -> n.endsWith(".log")).reduce("", (a, b) -> b)
                : needed.get(needed.size() - 1);
        return new Sample(seed, store.with(Workers.THREADS), model, files, version, needed, newest);
      }
      assertThat(seed).isLessThan(from + 200);
    }
  }

  // ---- damages --------------------------------------------------------------------------------

  private static List<Damage> damages(Map<String, byte[]> files) {
    List<Damage> damages = new ArrayList<>();
    Random random = new Random(7);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = file.getKey();
      byte[] bytes = file.getValue();
      List<Integer> places =
          new ArrayList<>(List.of(106, 0, bytes.length - 2, 5, 20, 90, 102, bytes.length - 12));
      for (int i = 0; i < 4; i++) {
        places.add(random.nextInt(Math.max(1, bytes.length)));
      }
      for (int place : places) {
        if (place >= 0 && place < bytes.length) {
          byte[] flipped = bytes.clone();
          flipped[place] ^= (byte) (1 << random.nextInt(8));
          damages.add(damage(files, "flip " + place + " in " + name, name, place, flipped));
        }
      }
      for (int length : new int[] {0, 50, bytes.length / 2, bytes.length - 1}) {
        if (length >= 0 && length < bytes.length) {
          damages.add(
              damage(
                  files,
                  "cut to " + length + " " + name,
                  name,
                  length,
                  Arrays.copyOf(bytes, length)));
        }
      }
      List<Integer> frames = frames(bytes);
      for (int i = 1; i < frames.size(); i++) {
        damages.add(
            damage(
                files,
                "roll back to frame " + i + " of " + frames.size() + " " + name,
                name,
                frames.get(i),
                Arrays.copyOf(bytes, frames.get(i))));
      }
      damages.add(damage(files, "delete " + name, name, -1, null));
      String other = sameKind(files, name);
      if (other != null) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.put(name, Objects.requireNonNull(files.get(other)));
        changed.put(other, bytes);
        damages.add(new Damage("swap " + name + " with " + other, name + " " + other, -1, changed));
      }
    }
    return damages;
  }

  private static Damage damage(
      Map<String, byte[]> files, String what, String name, long at, byte @Nullable [] bytes) {
    Map<String, byte[]> changed = new TreeMap<>(files);
    if (bytes == null) {
      changed.remove(name);
    } else {
      changed.put(name, bytes);
    }
    return new Damage(what, name, at, changed);
  }

  private static String kind(String name) {
    return name.substring(0, 1) + (name.contains(".") ? name.substring(name.lastIndexOf('.')) : "");
  }

  private static @Nullable String sameKind(Map<String, byte[]> files, String name) {
    String next = null;
    for (String other : files.keySet()) {
      if (kind(other).equals(kind(name)) && other.compareTo(name) > 0) {
        next = next == null ? other : next;
      }
    }
    return next;
  }

  /** Where frames begin. */
  private static List<Integer> frames(byte[] bytes) {
    List<Integer> frames = new ArrayList<>();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf("PGRS"); at >= 0; at = text.indexOf("PGRS", at + 1)) {
      frames.add(at);
    }
    return frames;
  }

  private static long frameAt(Sample sample, Damage damage) {
    byte[] bytes = sample.files.get(damage.object);
    long begin = 0;
    for (int frame : bytes == null ? List.<Integer>of() : frames(bytes)) {
      begin = frame <= damage.at ? frame : begin;
    }
    return begin;
  }

  // ---- policies -------------------------------------------------------------------------------

  private TinyStore copy(Sample sample, Damage damage) {
    TinyStore store = sample.store.at(directory.resolve("copy" + copies++ % 50));
    delete(store.root);
    TinyStore.write(store.root, damage.files);
    return store;
  }

  private static void delete(Path root) {
    if (Files.exists(root)) {
      try (var paths = Files.walk(root)) {
        paths.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** The report, or null when it opened and may. */
  private @Nullable DamageReport underFail(Sample sample, Damage damage) {
    TinyStore store = copy(sample, damage);
    try {
      BackendOwner owner = store.open(DamagePolicy.FAIL);
      long version = owner.version();
      try {
        assertThat(isHarmless(sample, damage, version))
            .as("opened as of %s of %s", version, sample.version)
            .isTrue();
        assertThat(TinyStore.dump(owner.backend())).isEqualTo(sample.model.states.get(version));
        restoreCheckpoints(sample, owner, /* allMustWork= */ false);
      } finally {
        owner.backend().close();
      }
      return null;
    } catch (CorruptStateException e) {
      DamageReport report = e.report();
      assertThat(report).as("report of %s", e.toString()).isNotNull();
      Objects.requireNonNull(report);
      assertNames(sample, damage, report);
      assertThat(report.restoredVersion()).isEqualTo(-1);
      assertUnchanged(damage, store, name -> false);
      long created = store.files().size() - damage.files.size();
      assertThat(created).as("objects created").isLessThanOrEqualTo(2);
      return report;
    }
  }

  private static void assertUnchanged(
      Damage damage, TinyStore store, java.util.function.Predicate<String> exempt) {
    Map<String, byte[]> now = store.files();
    damage.files.forEach(
        (name, bytes) -> {
          if (!exempt.test(name)) {
            assertThat(now.get(name)).as(name).isEqualTo(bytes);
          }
        });
  }

  private static void assertNames(Sample sample, Damage damage, DamageReport report) {
    List<DamageReport.Finding> named =
        report.findings().stream()
            .filter(f -> damage.object.contains(f.object()) || f.object().equals("c/"))
            .toList();
    assertThat(named).as(report.describe()).isNotEmpty();
    if (!damage.name.startsWith("swap")) {
      assertThat(report.findings()).as("exactly that").allMatch(named::contains);
    }
    if (damage.name.startsWith("flip")) {
      long offset = named.get(0).offset();
      assertThat(offset).isLessThanOrEqualTo(damage.at);
      assertThat(offset == -1 || offset >= frameAt(sample, damage))
          .as("%s is in the frame at %s", offset, frameAt(sample, damage))
          .isTrue();
    }
    for (DamageReport.Finding finding : report.findings()) {
      if (sample.needed.contains(finding.object()) && finding.object().startsWith("s/")) {
        assertThat(finding.entries()).as("entries of %s", finding).isPositive();
      }
    }
  }

  /** The list in the comment of this class. */
  private static boolean isHarmless(Sample sample, Damage damage, long version) {
    String object = damage.object;
    boolean whole = version == sample.version;
    if (object.equals("FORMAT")) {
      return whole && damage.name.startsWith("delete");
    }
    if (object.contains(".seal")) {
      return whole;
    }
    if (object.equals(sample.newest)) {
      // Torn at its end, or gone: only a prefix of the history may be shown.
      return damage.name.startsWith("swap") ? whole : version <= sample.version;
    }
    if (sample.needed.contains(object)) {
      // Of a part, the last frame may be the one that the next epoch carried over.
      return whole && object.endsWith(".log");
    }
    return whole;
  }

  private boolean underLastGood(Sample sample, Damage damage) {
    TinyStore store = copy(sample, damage);
    BackendOwner owner;
    try {
      owner = store.open(DamagePolicy.LAST_GOOD);
    } catch (CorruptStateException e) {
      assertThat(e.report()).as("report of %s", e.toString()).isNotNull();
      assertUnchanged(damage, store, name -> false);
      return false;
    }
    DamageReport report = owner.backend().recovery().damage();
    assertThat(report).isNotNull();
    Objects.requireNonNull(report);
    assertNames(sample, damage, report);
    long restored = report.restoredVersion();
    List<List<String>> expected = sample.model.states.get(restored);
    assertThat(TinyStore.dump(owner.backend())).as("version %s", restored).isEqualTo(expected);
    assertThat(owner.version())
        .isLessThanOrEqualTo(sample.version)
        .isGreaterThanOrEqualTo(restored);
    assertThat(report.lostCommitCount()).isEqualTo(owner.version() - restored);
    assertThat(report.lostCommits()).hasSize((int) report.lostCommitCount());
    for (DamageReport.LostCommit lost : report.lostCommits()) {
      assertThat(lost.version()).isGreaterThan(restored);
    }
    goOn(sample, damage, store, owner, report, expected);
    return true;
  }

  private void underEmpty(Sample sample, Damage damage) {
    TinyStore store = copy(sample, damage);
    BackendOwner owner = store.open(DamagePolicy.EMPTY);
    DamageReport report = owner.backend().recovery().damage();
    assertThat(report).isNotNull();
    Objects.requireNonNull(report);
    List<List<String>> expected =
        damage.object.equals("FORMAT")
            ? sample.model.states.get(sample.version)
            : sample.model.states.get(0L);
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(expected);
    goOn(sample, damage, store, owner, report, expected);
    if (!damage.object.equals("FORMAT")) {
      assertUnchanged(damage, store, name -> false);
    }
  }

  /** Commits work, nothing that was put aside goes away, and the next opening finds no damage. */
  private static void goOn(
      Sample sample,
      Damage damage,
      TinyStore store,
      BackendOwner first,
      DamageReport report,
      @Nullable List<List<String>> expected) {
    BackendOwner owner = first;
    restoreCheckpoints(sample, owner, /* allMustWork= */ !damage.object.equals("FORMAT"));
    owner.backend().close();
    owner = store.open(DamagePolicy.FAIL);
    assertThat(owner.backend().recovery().damage()).isNull();
    for (int i = 0; i < COMMITS_AFTER; i++) {
      String value = "x".repeat(200) + i;
      owner.commit(draft -> draft.clear(0).put(0, "after", value));
    }
    List<List<String>> now = TinyStore.dump(owner.backend());
    owner.backend().close();
    Map<String, byte[]> files = store.files();
    for (String name : report.quarantined()) {
      assertThat(files).as("quarantined").containsKey(name);
      if (damage.files.containsKey(name)) { // else it is a seal that opening had to make
        assertThat(files.get(name)).as(name).isEqualTo(damage.files.get(name));
      }
    }
    owner = store.open(DamagePolicy.FAIL);
    assertThat(owner.backend().recovery().damage()).isNull();
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(now);
    owner.backend().close();
  }

  /**
   * Each is restored as it was, or refused: never anything else. Then goes back to where it was.
   */
  private static void restoreCheckpoints(Sample sample, BackendOwner owner, boolean allMustWork) {
    owner.commit(draft -> draft.checkpoint("now", null));
    List<List<String>> now = TinyStore.dump(owner.backend());
    for (Checkpoint checkpoint : owner.backend().checkpoints()) {
      String id = checkpoint.id();
      List<List<String>> content = sample.model.checkpoints.get(id);
      if (content == null) {
        content = sample.model.everKept.get(id);
      }
      if (id.equals("now")) {
        continue;
      }
      var result = owner.send(owner.draft(draft -> draft.restore(id, "undo" + draft.version())));
      if (result instanceof io.pagurus.spi.CommitResult.Rejected rejected) {
        assertThat(allMustWork).as("%s of %s", rejected, id).isFalse();
        assertThat(rejected.cause()).isInstanceOf(CorruptStateException.class);
      } else {
        assertThat(result).isEqualTo(new io.pagurus.spi.CommitResult.Committed());
        assertThat(TinyStore.dump(owner.backend())).as(id).isEqualTo(content);
      }
    }
    owner.commit(draft -> draft.restore("now", "undo" + draft.version()));
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(now);
  }
}
