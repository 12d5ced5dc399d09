package io.pagurus.internal.runtime;

import io.pagurus.DamagePolicy;
import io.pagurus.DoctorMode;
import io.pagurus.Durability;
import io.pagurus.Lifecycle;
import io.pagurus.OwnershipPolicy;
import io.pagurus.StateStoreBuilder;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from environment variables. A variable that is empty or blank counts as not set,
 * because container templates leave such ones behind; white space around a value is ignored.
 * Variables that begin with {@code PAGURUS_} and are not known are ignored: orchestrators inject
 * some of their own ({@code PAGURUS_SERVICE_HOST}).
 */
public final class EnvironmentSettings {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)\\s*([a-z]*)");

  private static final Map<String, Duration> TIME_UNITS =
      Map.of(
          "", Duration.ofSeconds(1),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));

  private static final Map<String, Long> SIZE_UNITS =
      Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30);

  private static final String DURATIONS = "a duration such as 500ms, 2s, 1m, PT2S, or seconds";
  private static final String SIZES = "bytes, or a size such as 64k, 64m, 1g";

  private static final Map<String, BiConsumer<StateStoreBuilder, Setting>> VARIABLES =
      new LinkedHashMap<>();

  static {
    VARIABLES.put("PAGURUS_URL", (b, v) -> b.url(v.value));
    VARIABLES.put("PAGURUS_STORE", (b, v) -> b.name(v.value));
    VARIABLES.put("PAGURUS_READ_ONLY", (b, v) -> b.readOnly(v.truth()));
    VARIABLES.put("PAGURUS_ON_DAMAGE", (b, v) -> b.onDamage(v.constant(DamagePolicy.class)));
    VARIABLES.put("PAGURUS_DURABILITY", (b, v) -> b.durability(v.constant(Durability.class)));
    VARIABLES.put("PAGURUS_LIFECYCLE", (b, v) -> b.lifecycle(v.constant(Lifecycle.class)));
    VARIABLES.put("PAGURUS_WATCHDOG", (b, v) -> b.watchdog(v.truth()));
    VARIABLES.put("PAGURUS_CHECKPOINT_ON_SHUTDOWN", (b, v) -> b.checkpointOnShutdown(v.truth()));
    VARIABLES.put("PAGURUS_OWNERSHIP", (b, v) -> b.ownership(v.constant(OwnershipPolicy.class)));
    time("PAGURUS_MAX_OWNERSHIP_WAIT", StateStoreBuilder::maxOwnershipWait);
    time("PAGURUS_LEASE", StateStoreBuilder::lease);
    time("PAGURUS_COMMIT_INTERVAL", StateStoreBuilder::commitInterval);
    time("PAGURUS_MAX_COMMIT_INTERVAL", StateStoreBuilder::maxCommitInterval);
    time("PAGURUS_CAPTURE_INTERVAL", StateStoreBuilder::captureInterval);
    time("PAGURUS_MAX_WRITE_WAIT", StateStoreBuilder::maxWriteWait);
    time("PAGURUS_MAX_READ_WAIT", StateStoreBuilder::maxReadWait);
    time("PAGURUS_MAX_FLUSH_WAIT", StateStoreBuilder::maxFlushWait);
    time("PAGURUS_GRACE_PERIOD", StateStoreBuilder::gracePeriod);
    time("PAGURUS_PRESTOP", StateStoreBuilder::preStop);
    VARIABLES.put("PAGURUS_DOCTOR", (b, v) -> b.doctor(v.constant(DoctorMode.class)));
    VARIABLES.put(
        "PAGURUS_DOCTOR_ACCEPT", (b, v) -> v.apply(StateStoreBuilder::doctorAccepts, b, v.words()));
    size("PAGURUS_MAX_PENDING_BYTES", StateStoreBuilder::maxPendingBytes);
    size("PAGURUS_CACHE_BYTES", StateStoreBuilder::cacheBytes);
  }

  private EnvironmentSettings() {}

  private static void time(String name, BiConsumer<StateStoreBuilder, Duration> set) {
    VARIABLES.put(name, (builder, setting) -> setting.apply(set, builder, setting.duration()));
  }

  private static void size(String name, BiConsumer<StateStoreBuilder, Long> set) {
    VARIABLES.put(name, (builder, setting) -> setting.apply(set, builder, setting.bytes()));
  }

  /**
   * Applies every variable that is set.
   *
   * @throws IllegalArgumentException when one cannot be read; names it, its value and what is
   *     accepted. Those before it have been applied
   */
  public static void apply(Map<String, String> variables, StateStoreBuilder builder) {
    VARIABLES.forEach(
        (name, apply) -> {
          String value = variables.get(name);
          if (value != null && !value.isBlank()) {
            apply.accept(builder, new Setting(name, value.strip()));
          }
        });
  }

  /**
   * {@code PAGURUS_GRACE_PERIOD}, which counts for every store that sets no period of its own, or
   * null.
   */
  static @Nullable Duration gracePeriod(Map<String, String> variables) {
    return duration(variables, "PAGURUS_GRACE_PERIOD");
  }

  /** {@code PAGURUS_PRESTOP}, which counts for every store that sets none of its own, or null. */
  static @Nullable Duration preStop(Map<String, String> variables) {
    return duration(variables, "PAGURUS_PRESTOP");
  }

  private static @Nullable Duration duration(Map<String, String> variables, String name) {
    String value = variables.get(name);
    if (value == null || value.isBlank()) {
      return null;
    }
    Setting setting = new Setting(name, value.strip());
    Duration duration = setting.duration();
    if (duration.isNegative()) {
      throw setting.wrong("it must not be negative", null);
    }
    return duration;
  }

  private record Setting(String name, String value) {

    <T> void apply(BiConsumer<StateStoreBuilder, T> set, StateStoreBuilder builder, T parsed) {
      try {
        set.accept(builder, parsed);
      } catch (IllegalArgumentException e) {
        throw wrong(String.valueOf(e.getMessage()), e);
      }
    }

    <E extends Enum<E>> E constant(Class<E> type) {
      String wanted = value.toUpperCase(Locale.ROOT).replace('-', '_');
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equals(wanted)) {
          return constant;
        }
      }
      throw wrong("accepted are " + Arrays.toString(type.getEnumConstants()), null);
    }

    String[] words() {
      return value.split("[,\\s]+");
    }

    boolean truth() {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw wrong("accepted are true and false", null);
      };
    }

    Duration duration() {
      String text = value.toLowerCase(Locale.ROOT);
      try {
        if (text.startsWith("p")) {
          return Duration.parse(text);
        }
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Duration unit = matcher.matches() ? TIME_UNITS.get(matcher.group(2)) : null;
        if (unit != null) {
          BigDecimal nanos =
              new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit.toNanos()));
          return Duration.ofNanos(nanos.longValueExact());
        }
      } catch (DateTimeException | ArithmeticException e) {
        throw wrong("accepted is " + DURATIONS, e);
      }
      throw wrong("accepted is " + DURATIONS, null);
    }

    long bytes() {
      Matcher matcher = NUMBER_AND_UNIT.matcher(value.toLowerCase(Locale.ROOT));
      Long unit = matcher.matches() ? SIZE_UNITS.get(matcher.group(2)) : null;
      if (unit == null) {
        throw wrong("accepted are " + SIZES, null);
      }
      try {
        return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
      } catch (ArithmeticException e) {
        throw wrong("accepted are " + SIZES, e);
      }
    }

    IllegalArgumentException wrong(String reason, @Nullable Throwable cause) {
      return new IllegalArgumentException(
          "the environment variable " + name + " is '" + value + "': " + reason, cause);
    }
  }
}
