package io.pagurus.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.DamagePolicy;
import io.pagurus.DoctorMode;
import io.pagurus.Durability;
import io.pagurus.Lifecycle;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSettingsTest {
  /** The builder shows its settings to nobody; the test looks inside. */
  private static StoreConfig apply(Map<String, String> variables) {
    StateStoreBuilder builder = StateStore.builder().environment(variables);
    try {
      Field config = StateStoreBuilder.class.getDeclaredField("config");
      config.setAccessible(true);
      return (StoreConfig) config.get(builder);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static final Map<String, String> ALL = new HashMap<>();

  static {
    ALL.put("PAGURUS_URL", " memory: ");
    ALL.put("PAGURUS_STORE", "orders");
    ALL.put("PAGURUS_READ_ONLY", "True");
    ALL.put("PAGURUS_ON_DAMAGE", "last_good");
    ALL.put("PAGURUS_DURABILITY", "sync");
    ALL.put("PAGURUS_OWNERSHIP", "take-over");
    ALL.put("PAGURUS_MAX_OWNERSHIP_WAIT", "1m");
    ALL.put("PAGURUS_LEASE", "2s");
    ALL.put("PAGURUS_COMMIT_INTERVAL", "500ms");
    ALL.put("PAGURUS_MAX_COMMIT_INTERVAL", "5s");
    ALL.put("PAGURUS_DOCTOR", "strict");
    ALL.put("PAGURUS_DOCTOR_ACCEPT", "borrowed-connections, store-in-empty-dir");
    ALL.put("PAGURUS_CAPTURE_INTERVAL", "PT0.25S");
    ALL.put("PAGURUS_MAX_WRITE_WAIT", "3");
    ALL.put("PAGURUS_MAX_READ_WAIT", "0.5");
    ALL.put("PAGURUS_MAX_FLUSH_WAIT", "1h");
    ALL.put("PAGURUS_GRACE_PERIOD", "30");
    ALL.put("PAGURUS_PRESTOP", "0");
    ALL.put("PAGURUS_LIFECYCLE", "external");
    ALL.put("PAGURUS_WATCHDOG", "true");
    ALL.put("PAGURUS_CHECKPOINT_ON_SHUTDOWN", "true");
    ALL.put("PAGURUS_MAX_PENDING_BYTES", "64k");
    ALL.put("PAGURUS_CACHE_BYTES", "1G");
  }

  @Test
  void apply_everyVariable_reachesItsSetting() {
    StoreConfig config = apply(ALL);
    assertThat(config.url).isEqualTo("memory:");
    assertThat(config.name).isEqualTo("orders");
    assertThat(config.readOnly).isTrue();
    assertThat(config.damagePolicy).isEqualTo(DamagePolicy.LAST_GOOD);
    assertThat(config.durability).isEqualTo(Durability.SYNC);
    assertThat(config.ownership).isEqualTo(OwnershipPolicy.TAKE_OVER);
    assertThat(config.maxOwnershipWait).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.lease).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.commitInterval).isEqualTo(Duration.ofMillis(500));
    assertThat(config.maxCommitInterval).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.doctor).isEqualTo(DoctorMode.STRICT);
    assertThat(config.doctorAccepts)
        .containsExactlyInAnyOrder("borrowed-connections", "store-in-empty-dir");
    assertThat(config.captureInterval).isEqualTo(Duration.ofMillis(250));
    assertThat(config.maxWriteWait).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.maxReadWait).isEqualTo(Duration.ofMillis(500));
    assertThat(config.maxFlushWait).isEqualTo(Duration.ofHours(1));
    assertThat(config.gracePeriod).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.preStop).isEqualTo(Duration.ZERO);
    assertThat(config.lifecycle).isEqualTo(Lifecycle.EXTERNAL);
    assertThat(config.watchdog).isTrue();
    assertThat(config.checkpointOnShutdown).isTrue();
    assertThat(config.maxPendingBytes).isEqualTo(65_536);
    assertThat(config.cacheBytes).isEqualTo(1L << 30);
  }

  @Test
  void variables_ofTheJavadoc_areExactlyThoseRead() throws Exception {
    String source = Files.readString(Path.of("src/main/java/io/pagurus/StateStoreBuilder.java"));
    int end = source.indexOf("public StateStoreBuilder environment");
    String javadoc = source.substring(source.lastIndexOf("/**", end), end);
    Set<String> documented = new TreeSet<>();
    Matcher matcher = Pattern.compile("PAGURUS_[A-Z_]+").matcher(javadoc);
    while (matcher.find()) {
      documented.add(matcher.group());
    }
    assertThat(documented).isEqualTo(new TreeSet<>(ALL.keySet()));
  }

  @Test
  void apply_unsetBlankAndForeignVariables_changesNothing() {
    StoreConfig config =
        apply(Map.of("PAGURUS_LEASE", " ", "PAGURUS_URL", "", "PAGURUS_SERVICE_HOST", "x"));
    assertThat(config.url).isNull();
    assertThat(config.lease).isEqualTo(new StoreConfig().lease);
  }

  @ParameterizedTest
  @CsvSource({
    "PAGURUS_LEASE, soon, 500ms",
    "PAGURUS_LEASE, 5d, 500ms",
    "PAGURUS_LEASE, -1s, 500ms",
    "PAGURUS_LEASE, 99999999999h, 500ms",
    "PAGURUS_LEASE, P, 500ms",
    "PAGURUS_LEASE, PT-1S, must be positive",
    "PAGURUS_COMMIT_INTERVAL, 0, must be positive",
    "PAGURUS_CACHE_BYTES, 64MB, 64m",
    "PAGURUS_CACHE_BYTES, 0.3, 64m",
    "PAGURUS_CACHE_BYTES, 999999999999g, 64m",
    "PAGURUS_DOCTOR, maybe, STRICT",
    "PAGURUS_DOCTOR_ACCEPT, sigterm, sigterm-not-caught",
    "PAGURUS_MAX_PENDING_BYTES, 0, must be positive",
    "PAGURUS_READ_ONLY, yes, true and false",
    "PAGURUS_ON_DAMAGE, ignore, '[FAIL, LAST_GOOD, EMPTY]'",
    "PAGURUS_DURABILITY, fast, '[ASYNC, SYNC]'",
    "PAGURUS_OWNERSHIP, steal, 'TAKE_OVER'"
  })
  void apply_wrongValue_namesVariableValueAndWhatIsAccepted(
      String name, String value, String accepted) {
    assertThatThrownBy(() -> apply(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("'" + value + "'")
        .hasMessageContaining(accepted);
  }

  @ParameterizedTest
  @CsvSource({"fail, FAIL", "LAST-GOOD, LAST_GOOD", "empty, EMPTY"})
  void onDamage_ofEveryForm_isRead(String text, DamagePolicy policy) {
    assertThat(apply(Map.of("PAGURUS_ON_DAMAGE", text)).damagePolicy).isEqualTo(policy);
  }

  @Test
  void readOnly_false_isRead() {
    assertThat(apply(Map.of("PAGURUS_READ_ONLY", "FALSE")).readOnly).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1500ms", "1.5s", "1.5", "PT1.5S", "pt1.5s", "1.5 S"})
  void durations_ofEveryForm_areRead(String text) {
    assertThat(apply(Map.of("PAGURUS_LEASE", text)).lease).isEqualTo(Duration.ofMillis(1500));
  }
}
