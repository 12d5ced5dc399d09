package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pagurus.CommitUnknownException;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateCounter;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.LeakExtension;
import io.pagurus.testkit.TcpProxy;
import io.pagurus.testkit.TcpProxy.Direction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network that loses the answer to a COMMIT, or the COMMIT itself, between a store and H2's
 * server: acknowledged exactly when it is durable, and applied once.
 */
@Timeout(180)
@ExtendWith(LeakExtension.class)
class SwallowedReplyTest {
  private static final String NETWORK = ";NETWORK_TIMEOUT=1000";

  @TempDir Path directory;
  private Server server = new Server();
  private TcpProxy proxy = TcpProxy.to(1);

  @BeforeEach
  void start() throws SQLException {
    server = H2Servers.start();
    proxy.close();
    proxy = TcpProxy.to(server.getPort());
  }

  @AfterEach
  void stop() {
    proxy.close();
    server.stop();
  }

  private String url(int port) {
    return "jdbc:h2:tcp://127.0.0.1:" + port + "/" + directory.resolve("db");
  }

  /** A store behind the bad network, whose flush gives up soon. */
  private StateStore open(StateStoreBuilder builder) {
    return builder
        .ownership(OwnershipPolicy.TAKE_OVER)
        .lease(Duration.ofMinutes(5)) // no heart-beats between the commits that are counted
        .maxFlushWait(Duration.ofSeconds(2))
        .gracePeriod(Duration.ofSeconds(20))
        .open();
  }

  private StateStore openOn(CommitHook dataSource) {
    return open(StateStore.builder().backend(JdbcStorage.of(dataSource)));
  }

  private CommitHook dataSource() {
    return new CommitHook(Stores.dataSource(url(proxy.port()) + NETWORK));
  }

  /** A store on a good line to the same database. */
  private StateStore successor() {
    return StateStore.builder()
        .url(url(server.getPort()))
        .ownership(OwnershipPolicy.TAKE_OVER)
        .open();
  }

  private static CompletableFuture<Void> increment(StateStore store, StateCounter counter) {
    counter.increment();
    return store.whenDurable().toCompletableFuture();
  }

  /** A string as H2's protocol has it: the number of characters, then UTF-16. */
  private static byte[] text(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + text.length() * Character.BYTES);
    bytes.putInt(text.length()).put(text.getBytes(StandardCharsets.UTF_16BE));
    return bytes.array();
  }

  /** While the answer is out: nothing is acknowledged, and who waits is told that nobody knows. */
  private static void assertUnknown(StateStore store, CompletableFuture<Void> durable) {
    assertThatThrownBy(store::flush)
        .isInstanceOf(CommitUnknownException.class)
        .hasMessageContaining("maxFlushWait");
    assertThat(durable).isNotDone();
    assertThat(store.status().state()).isEqualTo(StoreState.UNAVAILABLE);
  }

  /** After the network is back: acknowledged, and once. */
  private void assertAppliedOnce(
      StateStore store, CompletableFuture<Void> durable, long version, long count)
      throws Exception {
    durable.get(60, TimeUnit.SECONDS);
    assertThat(store.status().version()).isEqualTo(version + 1);
    assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
    assertThat(store.status().problem()).isNull();
    assertThat(store.counter("count").get()).isEqualTo(count);
    store.counter("count").increment();
    store.flush();
    store.close();
    try (StateStore again = successor()) {
      assertThat(again.counter("count").get()).isEqualTo(count + 1);
      assertThat(again.status().restore().cleanStop()).isTrue();
    }
  }

  @Test
  void commit_thatLanded_isAcknowledgedLater_andAppliedOnce() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      dataSource.beforeNext(proxy::swallowReplies);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      proxy.pass();
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  /**
   * The pool of our own, where the URL names the server. What is lost here is a reply on the way to
   * COMMIT, so the first try does not land.
   */
  @Test
  void commit_withALostReply_throughTheUrl_isAcknowledgedLater_andAppliedOnce() throws Exception {
    try (StateStore store = open(StateStore.builder().url(url(proxy.port()) + NETWORK))) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      // Connections that were open have prepared their COMMIT; new ones send its text.
      proxy.reset();
      proxy.swallowRepliesAfter(text("COMMIT"));
      CompletableFuture<Void> durable = increment(store, counter);
      await().until(() -> proxy.swallowing() > 0);
      assertUnknown(store, durable);
      proxy.pass();
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  @Test
  void commit_thatWasCutOffBefore_isMadeLater_once() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      dataSource.beforeNext(proxy::reset);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable); // the client cannot tell this from the other case
      proxy.pass();
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  @Test
  void commit_thatWasCutInTheMiddle_isMadeLater_once() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      dataSource.beforeNext(() -> proxy.cutAfter(Direction.TO_SERVER, 3));
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      proxy.pass();
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  /** The COMMIT is on its way for so long that the client has given up and asks again. */
  @Test
  void commit_thatIsLate_isAcknowledged_andAppliedOnce() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      dataSource.beforeNext(proxy::blackHole);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      proxy.pass(); // what was held back flows on: the COMMIT and the question race
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  @Test
  void commit_thatNeverBegan_isNotUnknown() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      long version = store.status().version();
      proxy.reset();
      CompletableFuture<Void> durable = increment(store, counter);
      assertThatThrownBy(store::flush)
          .isInstanceOf(StoreUnavailableException.class)
          .isNotInstanceOf(CommitUnknownException.class)
          .hasMessageContaining("was not made");
      proxy.pass();
      assertAppliedOnce(store, durable, version, 2);
    }
  }

  @Test
  void commit_thatLanded_andWasTakenOver_isAcknowledged_andTheNextIsRefused() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      dataSource.beforeNext(proxy::swallowReplies);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      try (StateStore now = successor()) {
        assertThat(now.counter("count").get()).isEqualTo(2);
        now.counter("count").increment();
        now.flush();
        proxy.pass();
        durable.get(60, TimeUnit.SECONDS); // it is part of what the successor went on from
        CompletableFuture<Void> next = increment(store, counter);
        assertThatThrownBy(() -> next.get(60, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(OwnershipLostException.class);
        assertThatThrownBy(counter::increment).isInstanceOf(OwnershipLostException.class);
        assertThat(now.counter("count").get()).isEqualTo(3);
      }
    }
    try (StateStore later = successor()) {
      assertThat(later.counter("count").get()).isEqualTo(3);
    }
  }

  @Test
  void commit_thatDidNotLand_andWasTakenOver_isRefused() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      dataSource.beforeNext(proxy::reset);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      try (StateStore now = successor()) {
        assertThat(now.counter("count").get()).isEqualTo(1);
        now.counter("count").add(10);
        now.flush();
        proxy.pass();
        assertThatThrownBy(() -> durable.get(60, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(OwnershipLostException.class);
        assertThatThrownBy(counter::increment).isInstanceOf(OwnershipLostException.class);
        assertThat(now.counter("count").get()).isEqualTo(11);
      }
    }
  }

  /** Held back by the network until somebody else has the store: it must not land any more. */
  @Test
  void commit_thatIsLate_andWasTakenOver_isRefused() throws Exception {
    CommitHook dataSource = dataSource();
    try (StateStore store = openOn(dataSource)) {
      StateCounter counter = store.counter("count");
      increment(store, counter).get(60, TimeUnit.SECONDS);
      dataSource.beforeNext(proxy::blackHole);
      CompletableFuture<Void> durable = increment(store, counter);
      assertUnknown(store, durable);
      try (StateStore now = successor()) { // ends the session that sits on the row
        assertThat(now.counter("count").get()).isEqualTo(1);
        now.counter("count").add(10);
        now.flush();
        proxy.pass();
        assertThatThrownBy(() -> durable.get(60, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(OwnershipLostException.class);
        assertThat(now.counter("count").get()).isEqualTo(11);
      }
    }
    try (StateStore later = successor()) {
      assertThat(later.counter("count").get()).isEqualTo(11);
    }
  }
}
