package io.pagurus.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.pagurus.AfterRestore;
import io.pagurus.Checkpoint;
import io.pagurus.ShutdownReport;
import io.pagurus.ShutdownReport.Phase;
import io.pagurus.ShutdownReport.Trigger;
import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;
import io.pagurus.StoreClosedException;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.lifecycle.ProcessCheckpoints;
import io.pagurus.lifecycle.Shutdown;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How the end of a run is told to the next one, and that it is true (P5). */
interface StoreStopTests {
  StoreFixture fixture();

  private static StateMap<String, Integer> map(StateStore store) {
    return store.map("m", String.class, Integer.class);
  }

  private static ShutdownReport previous(StateStore store) {
    return requireNonNull(store.status().restore().previousStop());
  }

  @Test
  default void newStore_hasNoPreviousRun() {
    assertThat(fixture().open().status().restore().previousStop()).isNull();
  }

  @Test
  default void close_isToldToTheNextRun() {
    StateStore store = fixture().open(s -> s.gracePeriod(Duration.ofSeconds(20)));
    map(store).put("a", 1);
    StateStore next = fixture().reopen(store);
    assertThat(next.status().restore().cleanStop()).isTrue();
    ShutdownReport report = previous(next);
    assertThat(report.store()).isEqualTo(store.name());
    assertThat(report.trigger()).isEqualTo(Trigger.CLOSE);
    assertThat(report.saved()).isTrue();
    assertThat(report.released()).isTrue();
    assertThat(report.bytesSaved()).isPositive();
    assertThat(report.leftOut()).isEmpty();
    assertThat(report.lossWindow()).isZero();
    assertThat(report.gracePeriod()).isEqualTo(Duration.ofSeconds(20));
    assertThat(report.budget()).isEqualTo(Duration.ofSeconds(18));
    assertThat(report.graceSource()).isEqualTo("the builder");
    assertThat(report.phases()).containsKeys(Phase.QUIESCE, Phase.SAVE);
    assertThat(map(next).get("a")).isEqualTo(1);
  }

  @Test
  default void crash_isToldAsSuch_withTheLossWindowOfTheLastCommit() {
    StateStore store = fixture().open(s -> s.commitInterval(Duration.ofMillis(700)));
    map(store).put("a", 1);
    store.flush();
    StateStore next = fixture().crash(store);
    assertThat(next.status().restore().cleanStop()).isFalse();
    ShutdownReport report = previous(next);
    assertThat(report.trigger()).isEqualTo(Trigger.UNKNOWN);
    assertThat(report.saved()).isFalse();
    assertThat(report.lossWindow()).isGreaterThanOrEqualTo(Duration.ofMillis(700));
    assertThat(report.describe()).contains("ended without a stop that was saved");
  }

  @Test
  default void crash_ofARunThatCommittedNothing_doesNotShowTheReportOfTheOneBefore() {
    StateStore first = fixture().open();
    map(first).put("a", 1);
    StateStore second = fixture().reopen(first);
    assertThat(previous(second).trigger()).isEqualTo(Trigger.CLOSE);
    StateStore third = fixture().crash(second);
    assertThat(third.status().restore().cleanStop()).isFalse();
    assertThat(previous(third).trigger()).isEqualTo(Trigger.UNKNOWN);
    assertThat(previous(third).saved()).isFalse();
    assertThat(previous(third).lossWindow()).as("it said nothing").isZero();
  }

  @Test
  default void restore_doesNotBringBackAReport() {
    StateStore first = fixture().open(s -> s.gracePeriod(Duration.ofSeconds(20)));
    map(first).put("a", 1);
    StateStore second = fixture().reopen(first);
    Checkpoint checkpoint = second.checkpoint("with-the-report-of-the-first");
    map(second).put("a", 2);
    second.flush();
    second.restore(checkpoint.id());
    StateStore third = fixture().crash(second);
    assertThat(previous(third).trigger()).isEqualTo(Trigger.UNKNOWN);
    assertThat(previous(third).lossWindow()).isPositive();
    StateStore fourth =
        fixture().reopen(third); // and a restore right before a stop keeps the stop's own
    fourth.restore(checkpoint.id());
    StateStore fifth = fixture().reopen(fourth);
    assertThat(previous(fifth).trigger()).isEqualTo(Trigger.CLOSE);
    assertThat(previous(fifth).gracePeriod()).isNotEqualTo(Duration.ofSeconds(20));
  }

  @Test
  default void readOnly_tellsOfARunThatHasEndedOnly() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    store.flush();
    if (fixture().viewableWhileOwned()) {
      assertThat(fixture().view().status().restore().previousStop()).isNull();
    }
    store.close();
    assertThat(previous(fixture().view()).trigger()).isEqualTo(Trigger.CLOSE);
  }

  @Test
  default void checkpointOnShutdown_isThereAtTheNextStart() {
    StateStore store = fixture().open(s -> s.checkpointOnShutdown(true));
    map(store).put("a", 1);
    StateStore next = fixture().reopen(store);
    assertThat(next.checkpoints()).hasSize(1);
    map(next).put("a", 2);
    next.restore(next.checkpoints().get(0).id());
    assertThat(map(next).get("a")).isEqualTo(1);
  }

  @Test
  default void shutdownRun_drainsSavesAndReports() {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    List<String> order = new CopyOnWriteArrayList<>();
    List<ShutdownReport> told = new CopyOnWriteArrayList<>();
    List<ShutdownReport> reports;
    try (Shutdown.Registration announce =
            Shutdown.onAnnounce("announce", () -> order.add("announce"));
        Shutdown.Registration drain =
            Shutdown.onDrain(
                "drain",
                () -> {
                  map.put("drained", 1);
                  order.add("drain");
                });
        Shutdown.Registration after =
            Shutdown.onAfter(
                "after",
                all -> {
                  told.addAll(all);
                  order.add("after");
                })) {
      reports = Shutdown.run(Duration.ofSeconds(20));
    }
    assertThat(order).containsExactly("announce", "drain", "after");
    assertThat(told).isEqualTo(reports);
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).trigger()).isEqualTo(Trigger.OWNER);
    assertThat(reports.get(0).saved()).isTrue();
    assertThat(store.status().state()).isEqualTo(StoreState.CLOSED);
    assertThatThrownBy(() -> map.put("late", 1)).isInstanceOf(StoreClosedException.class);
    StateStore next = fixture().reopen(store);
    assertThat(map(next).get("drained")).isEqualTo(1);
    assertThat(previous(next).trigger()).isEqualTo(Trigger.OWNER);
    assertThat(previous(next).budget()).isEqualTo(Duration.ofSeconds(20));
    assertThat(previous(next).phases()).containsKeys(Phase.ANNOUNCE, Phase.DRAIN, Phase.SAVE);
  }

  // ---- checkpoints of the process
  // ----------------------------------------------------------------

  /** A bean with a field and a map. */
  @Stateful("image")
  final class Image {
    @State int field;
    @State StateMap<String, Integer> map;
    int restores;

    /** To be bound. */
    Image() {}

    @AfterRestore
    void restored() {
      restores++;
    }
  }

  /** What CRaC does, without CRaC. */
  private static ProcessCheckpoints.Participant participant(StateStore store) {
    return (ProcessCheckpoints.Participant) store;
  }

  @Test
  default void processCheckpoint_withoutAnyChangeMeanwhile_goesOnAsAnotherOwner() {
    StateStore store = fixture().open();
    Image image = store.bind(new Image());
    store.update(
        () -> {
          image.field = 1;
          image.map.put("a", 1);
        });
    long epoch = store.status().epoch();
    participant(store).beforeCheckpoint();
    assertThatThrownBy(() -> image.map.get("absent"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("is being checkpointed");
    participant(store).afterRestore();
    assertThat(image.map.get("a")).isEqualTo(1);
    assertThat(image.field).isEqualTo(1);
    assertThat(image.restores).isEqualTo(1);
    assertThat(store.status().epoch()).isGreaterThan(epoch);
    assertThat(previous(store).trigger()).isEqualTo(Trigger.PROCESS_CHECKPOINT);
    store.update(
        () -> {
          image.field = 2;
          image.map.put("a", 2);
        });
    store.flush();
    StateStore next = fixture().reopen(store);
    Image found = next.bind(new Image());
    assertThat(found.field).isEqualTo(2);
    assertThat(found.map.get("a")).isEqualTo(2);
  }

  @Test
  default void processCheckpoint_andAnotherOwnerMeanwhile_showsWhatThatOneLeft() {
    StateStore store = fixture().open();
    Image image = store.bind(new Image());
    store.update(
        () -> {
          image.field = 1;
          image.map.put("a", 1);
          image.map.put("gone", 1);
        });
    image.map.get("a");
    participant(store).beforeCheckpoint();
    StateStore other = fixture().open();
    Image others = other.bind(new Image());
    other.update(
        () -> {
          others.field = 5;
          others.map.put("a", 5);
          others.map.remove("gone");
        });
    other.map("new", String.class, String.class).put("x", "y");
    other.close();
    participant(store).afterRestore();
    assertThat(image.field).isEqualTo(5);
    assertThat(image.map.asMap()).containsOnly(entry("a", 5));
    assertThat(image.restores).isEqualTo(2);
    assertThat(store.map("new", String.class, String.class).get("x")).isEqualTo("y");
    assertThat(previous(store).trigger()).isEqualTo(Trigger.CLOSE);
    store.update(() -> image.field++);
    store.flush();
    assertThat(fixture().reopen(store).bind(new Image()).field).isEqualTo(6);
  }

  @Test
  default void processCheckpoint_holdsWritersOff_untilThereIsStorageAgain() throws Exception {
    StateStore store = fixture().open();
    StateMap<String, Integer> map = map(store);
    participant(store).beforeCheckpoint();
    try (Threads threads = new Threads()) {
      Future<?> write = threads.run(() -> map.put("a", 1));
      Future<?> block = threads.run(() -> store.update(() -> map.put("b", 2)));
      assertThat(write.isDone()).isFalse();
      participant(store).afterRestore();
      Threads.get(write);
      Threads.get(block);
    }
    assertThat(map.asMap()).containsOnly(entry("a", 1), entry("b", 2));
  }

  @Test
  default void processCheckpoint_thatIsNeverRestored_canBeClosed() {
    StateStore store = fixture().open();
    map(store).put("a", 1);
    participant(store).beforeCheckpoint();
    store.close();
    assertThat(map(fixture().open()).get("a")).isEqualTo(1);
  }
}
