package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.PutResult;
import io.pagurus.testkit.FaultyObjectStore.Crash;
import io.pagurus.testkit.FaultyObjectStore.Fault;
import io.pagurus.testkit.FaultyObjectStore.Plan;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FaultyObjectStoreTest {
  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore objects = new FaultyObjectStore(bucket.connect());

  private PutResult put(String key, String text) {
    return objects.putIfAbsent(key, ByteBuffer.wrap(Bytes.utf8(text)));
  }

  private String stored() {
    return bucket.list("", null, 100).stream().map(ObjectInfo::key).toList().toString();
  }

  @Test
  void writes_meetTheirFaults() {
    objects.plan(Plan.writes(Fault.LOSE_REPLY, Fault.DROP, Fault.REFUSE, Fault.UNAVAILABLE));
    assertThat(put("a", "1")).isInstanceOf(PutResult.Unknown.class);
    assertThat(put("b", "2")).isInstanceOf(PutResult.Unknown.class);
    assertThat(put("c", "3")).isInstanceOf(PutResult.NotCreated.class);
    assertThatThrownBy(() -> put("d", "4")).isInstanceOf(StoreUnavailableException.class);
    assertThat(put("e", "5")).isEqualTo(new PutResult.Created());
    assertThat(stored()).isEqualTo("[a, e]");
    assertThat(objects.steps()).isEqualTo(5);
  }

  @Test
  void delayedAndDuplicatedWrites_arriveLater() {
    objects.plan(Plan.writes(Fault.DELAY, Fault.DUPLICATE, Fault.NONE, Fault.DELAY));
    assertThat(put("a", "1")).isInstanceOf(PutResult.Unknown.class);
    assertThat(put("b", "2")).isEqualTo(new PutResult.Created());
    objects.delete("b");
    assertThatThrownBy(() -> objects.delete("a")).isInstanceOf(StoreUnavailableException.class);
    assertThat(stored()).isEqualTo("[]");
    assertThat(objects.inFlight()).isEqualTo(3);
    objects.deliver().deliver();
    assertThat(stored()).isEqualTo("[a, b]");
    objects.deliver();
    assertThat(stored()).isEqualTo("[b]");
    assertThat(objects.inFlight()).isZero();
  }

  @Test
  void crash_isForGood() {
    objects.plan(Plan.at(1, Fault.CRASH_AFTER));
    put("a", "1");
    assertThatThrownBy(() -> put("b", "2")).isInstanceOf(Crash.class);
    assertThatThrownBy(() -> put("c", "3")).isInstanceOf(Crash.class);
    assertThatThrownBy(() -> objects.get("a", 0, 1)).isInstanceOf(Crash.class);
    assertThat(stored()).isEqualTo("[a, b]");
    FaultyObjectStore next = new FaultyObjectStore(bucket.connect());
    next.plan(Plan.at(0, Fault.CRASH_BEFORE));
    assertThatThrownBy(() -> next.delete("a")).isInstanceOf(Crash.class);
    assertThat(stored()).isEqualTo("[a, b]");
  }

  @Test
  void reads_meetTheirFaults() {
    put("a", "0123");
    objects.plan(Plan.reads(Fault.GARBLE, Fault.DROP));
    assertThat(objects.get("a", 0, 4)).isEqualTo(Bytes.utf8("0133"));
    assertThatThrownBy(() -> objects.list("", null, 1))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(objects.get("a", 0, 4)).isEqualTo(Bytes.utf8("0123"));
  }

  @Test
  void damage_staysInTheStorage() {
    put("a", "0123");
    put("b", "4567");
    put("c", "89");
    objects.swap("a", "b").flip("a", 8).truncate("b", 1).lose("c");
    assertThat(bucket.get("a", 0, 9)).isEqualTo(Bytes.utf8("4467"));
    assertThat(bucket.get("b", 0, 9)).isEqualTo(Bytes.utf8("0"));
    assertThat(stored()).isEqualTo("[a, b]");
  }
}
