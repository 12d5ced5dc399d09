package io.pagurus.s3;

import static io.pagurus.s3.ScriptedS3.breakOff;
import static io.pagurus.s3.ScriptedS3.error;
import static io.pagurus.s3.ScriptedS3.loseReply;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.Lifecycle;
import io.pagurus.OwnershipLostException;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.StorageUsage;
import io.pagurus.StoreState;
import io.pagurus.StoreUnavailableException;
import io.pagurus.testkit.LeakExtension;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.S3Client;

/** Whole stores against a server that does what a script says. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class S3StoreTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final ScriptedS3 server = new ScriptedS3();

  @AfterEach
  void closeServer() {
    server.close();
  }

  private StateStoreBuilder quiet() {
    return StateStore.builder()
        .url(server.url())
        .commitInterval(NEVER)
        .captureInterval(NEVER)
        .lease(NEVER) // and no heartbeat
        .lifecycle(Lifecycle.EXTERNAL);
  }

  private static StateMap<String, String> map(StateStore store) {
    return store.map("map", String.class, String.class);
  }

  private static long count(List<String> requests, String kind) {
    return requests.stream().filter(request -> request.startsWith(kind + " ")).count();
  }

  // ---- what a commit costs --------------------------------------------------------------------

  @Test
  void commit_isExactlyOneRequest_upTo4MiB() {
    try (StateStore store = quiet().open()) {
      StateMap<String, byte[]> bytes = store.map("bytes", String.class, byte[].class);
      StateMap<String, String> map = map(store);
      map.put("a", "1");
      store.flush();
      server.takeRequests();
      StorageUsage before = requireNonNull(store.status().usage());
      Random random = new Random(4);
      int commits = 31; // with the checkpoint
      for (int i = 0; i < 30; i++) {
        map.put("key " + i, "value");
        store.counter("counter").increment();
        if (i % 10 == 0) {
          byte[] large = new byte[(4 << 20) - (16 << 10)];
          random.nextBytes(large);
          bytes.put("large", large);
        }
        if (i == 5) {
          store.checkpoint("labelled");
          map.put("a", "behind the checkpoint");
        }
        store.flush();
      }
      List<String> requests = server.takeRequests();
      assertThat(count(requests, "PUT")).isEqualTo(commits);
      assertThat(requests).hasSize(commits).allMatch(request -> request.contains("/c/"));
      StorageUsage after = requireNonNull(store.status().usage());
      assertThat(after.puts() - before.puts()).isEqualTo(commits);
      assertThat(after.gets()).isEqualTo(before.gets());
      assertThat(after.lists()).isEqualTo(before.lists());
      assertThat(after.bytesSent() - before.bytesSent()).isBetween(11L << 20, 14L << 20);
      assertThat(after.dollarsPerMonth()).isGreaterThan(before.dollarsPerMonth());
    }
  }

  @Test
  void nothingChanged_costsNothing() {
    try (StateStore store = quiet().open()) {
      map(store).put("a", "1");
      store.flush();
      server.takeRequests();
      store.flush();
      map(store).get("a");
      store.status();
      assertThat(server.takeRequests()).isEmpty();
    }
  }

  @Test
  void idleOwner_showsThatItLives_threeTimesALease() {
    try (StateStore store = quiet().lease(Duration.ofMillis(300)).open()) {
      map(store).put("a", "1");
      store.flush();
      server.takeRequests();
      Awaitility.await().until(() -> store.status().commits() >= 4);
      assertThat(server.takeRequests()).isNotEmpty().allMatch(r -> r.startsWith("PUT place/"));
    }
  }

  // ---- unknown outcomes -----------------------------------------------------------------------

  /** aws-sdk-java-v2#6580, end to end: a success that comes back as 412 is a success. */
  @Test
  void commit_whoseReplyIsLost_isConfirmed_once() {
    try (StateStore store = quiet().open()) {
      map(store).put("a", "1");
      store.flush();
      int before = server.keys().size();
      server.takeRequests();
      server.next("PUT", loseReply());
      map(store).put("a", "2");
      store.flush();
      List<String> requests = server.takeRequests();
      assertThat(count(requests, "PUT")).isEqualTo(2);
      assertThat(count(requests, "GET")).isEqualTo(1);
      assertThat(server.keys()).hasSize(before + 1);
      assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
    }
    try (StateStore again = quiet().open()) {
      assertThat(map(again).get("a")).isEqualTo("2");
      assertThat(again.status().restore().cleanStop()).isTrue();
    }
  }

  /** The answer is lost, and then the server is out of order for a while. */
  @ParameterizedTest
  @CsvSource({"500,InternalError", "503,SlowDown", "403,ExpiredToken", "409,OperationAborted"})
  void commit_unknownForLong_isResolved(int status, String code) {
    try (StateStore store = quiet().open()) {
      map(store).put("a", "1");
      store.flush();
      server.next("PUT", loseReply());
      server.next("PUT", 12, error(status, code));
      server.next("GET", 2, error(status, code));
      map(store).put("a", "2");
      store.flush();
      map(store).put("b", "3");
      store.flush();
    }
    try (StateStore again = quiet().open()) {
      assertThat(map(again).get("a")).isEqualTo("2");
      assertThat(map(again).get("b")).isEqualTo("3");
    }
  }

  /** Refused for a while: it says so, keeps what it has, and goes on by itself. */
  @ParameterizedTest
  @CsvSource({
    "403,AccessDenied,s3:PutObject",
    "400,ExpiredToken,credentials",
    "403,RequestTimeTooSkewed,clock",
    "404,NoSuchBucket,bucket"
  })
  void commit_refusedForAWhile_saysWhy_andGoesOn(int status, String code, String advice) {
    try (StateStore store = quiet().open()) {
      server.next("PUT", 1000, error(status, code));
      map(store).put("a", "1");
      store.whenDurable();
      Awaitility.await().until(() -> store.status().state() == StoreState.UNAVAILABLE);
      assertThat(store.status().problem()).contains(code, advice);
      assertThat(map(store).get("a")).isEqualTo("1");
      server.endScript();
      store.flush();
      assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
      assertThat(store.status().problem()).isNull();
    }
  }

  @Test
  void close_whileTheServerIsOutOfOrder_endsInsideTheGracePeriod_andSaysWhatIsLost() {
    StateStore store = quiet().gracePeriod(Duration.ofSeconds(3)).open();
    map(store).put("a", "1");
    server.next("PUT", 1000, breakOff());
    long begin = System.nanoTime();
    assertThatThrownBy(store::close)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("could not be saved to s3://bucket/place");
    // Not a question of speed: without a bound it would take for ever.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void successor_fencesTheOwner_whoseCommitFindsTheSeal() {
    try (StateStore old = quiet().open();
        StateStore now = quiet().ownership(OwnershipPolicy.TAKE_OVER).open()) {
      map(now).put("a", "new");
      now.flush();
      map(old).put("a", "old");
      assertThatThrownBy(old::flush)
          .isInstanceOf(OwnershipLostException.class)
          .hasMessageContaining("default");
      assertThat(old.status().state()).isEqualTo(StoreState.FENCED);
    }
  }

  // ---- servers that will not do ---------------------------------------------------------------

  @Test
  void open_onAServerThatIgnoresConditions_isRefused_andLeavesNothing() {
    server.ignoreConditions();
    assertThatThrownBy(() -> quiet().open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("If-None-Match")
        .hasMessageContaining("s3://bucket/place");
    assertThat(server.keys()).isEmpty();
  }

  @Test
  void open_onAServerThatBeganToIgnoreConditions_isRefused_andDisturbsNobody() {
    try (StateStore owner = quiet().open()) {
      map(owner).put("a", "1");
      owner.flush();
      List<String> keys = server.keys();
      List<byte[]> bytes = keys.stream().map(key -> requireNonNull(server.object(key))).toList();
      server.ignoreConditions();
      assertThatThrownBy(() -> quiet().ownership(OwnershipPolicy.TAKE_OVER).open())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("If-None-Match");
      assertThat(server.keys()).isEqualTo(keys);
      for (int i = 0; i < keys.size(); i++) {
        assertThat(Arrays.equals(server.object(keys.get(i)), bytes.get(i))).isTrue();
      }
    }
  }

  @Test
  void proof_costsOneRequest_whereTheStoreExists() {
    try (StateStore store = quiet().open()) {
      map(store).put("a", "1");
    }
    server.takeRequests();
    try (StateStore store = quiet().open()) {
      assertThat(count(server.takeRequests(), "PUT"))
          .as("the proof, the seal of epoch 0, the own seal")
          .isEqualTo(3);
      assertThat(store.status().state()).isEqualTo(StoreState.OPEN);
    }
  }

  @Test
  void readOnly_writesNothing() {
    try (StateStore store = quiet().open()) {
      map(store).put("a", "1");
    }
    server.takeRequests();
    try (StateStore view = quiet().readOnly(true).open()) {
      assertThat(map(view).get("a")).isEqualTo("1");
      assertThat(requireNonNull(view.status().usage()).puts()).isZero();
    }
    assertThat(server.takeRequests()).isNotEmpty().noneMatch(r -> r.matches("(PUT|DELETE) .*"));
  }

  // ---- clients --------------------------------------------------------------------------------

  @Test
  void givenClient_isUsed_andStaysOpen() {
    S3Url url = S3Url.parse(server.url());
    try (S3Connection own = S3Connection.to(url)) {
      S3Client client = own.client();
      StateStoreBuilder builder =
          quiet().backend(S3Storage.of(client, "s3://bucket/place?sse=AES256"));
      try (StateStore store = builder.open()) {
        map(store).put("a", "1");
      }
      client.listObjectsV2(list -> list.bucket("bucket"));
    }
    try (StateStore store = quiet().open()) {
      assertThat(map(store).get("a")).isEqualTo("1");
    }
  }

  @Test
  void close_leavesNoThreadOfTheSdk() {
    List<String> before = threadsOfTheSdk();
    quiet().open().close();
    Awaitility.await().until(() -> threadsOfTheSdk().size() <= before.size());
  }

  private static List<String> threadsOfTheSdk() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("(sdk-|idle-connection|java-sdk).*"))
        .toList();
  }

  @Test
  void encryption_isAskedForWithEachObject() {
    List<String> asked = new CopyOnWriteArrayList<>();
    server.next(
        "PUT",
        100,
        request -> {
          asked.add(
              request.http().getRequestHeaders().getFirst("x-amz-server-side-encryption")
                  + " "
                  + request
                      .http()
                      .getRequestHeaders()
                      .getFirst("x-amz-server-side-encryption-aws-kms-key-id"));
          request.answerAsS3();
        });
    try (StateStore store = quiet().url(server.url() + "&sse=aws:kms&sseKmsKeyId=key-1").open()) {
      map(store).put("a", "1");
    }
    assertThat(asked).hasSizeGreaterThan(3).containsOnly("aws:kms key-1");
  }
}
