package io.pagurus.lifecycle;

import io.pagurus.spi.GraceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the grace period: the first that knows it wins, in the order builder, {@code
 * PAGURUS_GRACE_PERIOD}, {@code TERMINATION_GRACE_PERIOD_SECONDS}, {@link GraceSource}s, platform,
 * {@link #DEFAULT}. Immutable.
 */
public final class GraceSources {
  /** What is assumed where nothing is known: what most platforms give at least. */
  static final Duration DEFAULT = Duration.ofSeconds(10);

  private static final String PLATFORM_SETTING = "TERMINATION_GRACE_PERIOD_SECONDS";
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final Logger log = LoggerFactory.getLogger(GraceSources.class);

  private final Map<String, String> environment;
  private final Predicate<Path> exists;
  private final Iterable<GraceSource> providers;

  GraceSources(
      Map<String, String> environment, Predicate<Path> exists, Iterable<GraceSource> providers) {
    this.environment = environment;
    this.exists = exists;
    this.providers = providers;
  }

  /** Those of this process. */
  public static GraceSources ofThisProcess() {
    return new GraceSources(
        System.getenv(),
        Files::exists,
        ServiceLoader.load(GraceSource.class, GraceSources.class.getClassLoader()));
  }

  /**
   * The period that counts.
   *
   * @param builder what the builder says, or null
   * @param pagurusSetting what {@code PAGURUS_GRACE_PERIOD} says, or null
   */
  public GracePeriod find(
      @Nullable Duration builder, @Nullable Duration pagurusSetting, Duration preStop) {
    if (builder != null) {
      return new GracePeriod(builder, preStop, "the builder");
    }
    if (pagurusSetting != null) {
      return new GracePeriod(pagurusSetting, preStop, "PAGURUS_GRACE_PERIOD");
    }
    Duration platformSetting = platformSetting();
    if (platformSetting != null) {
      return new GracePeriod(platformSetting, preStop, PLATFORM_SETTING);
    }
    for (GraceSource provider : providers) {
      Duration provided = ask(provider);
      if (provided != null) {
        return new GracePeriod(provided, preStop, provider.name());
      }
    }
    return guess(preStop);
  }

  /** Not a variable of ours, so a strange value is no reason not to start. */
  private @Nullable Duration platformSetting() {
    String value = environment.get(PLATFORM_SETTING);
    if (value == null || value.isBlank()) {
      return null;
    }
    try {
      long seconds = Long.parseLong(value.strip());
      if (seconds > 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      log.debug("{} is no number", PLATFORM_SETTING, e);
    }
    log.warn(
        "The environment variable {} is '{}', which is no positive number of seconds: ignored. Set"
            + " PAGURUS_GRACE_PERIOD to what the platform gives.",
        PLATFORM_SETTING,
        value);
    return null;
  }

  private static @Nullable Duration ask(GraceSource provider) {
    try {
      Duration answer = provider.gracePeriod();
      if (answer == null || (!answer.isZero() && !answer.isNegative())) {
        return answer;
      }
      log.warn("The grace period of {} is {}: ignored.", provider.name(), answer);
    } catch (RuntimeException e) {
      log.warn("The grace period of {} cannot be found: ignored.", provider.name(), e);
    }
    return null;
  }

  /** Knative sets Cloud Run's variables on Kubernetes, so Kubernetes is looked for first. */
  private GracePeriod guess(Duration preStop) {
    if (isSet("KUBERNETES_SERVICE_HOST") || exists.test(SERVICE_ACCOUNT)) {
      return guess(30, preStop, "Kubernetes");
    }
    if (isSet("ECS_CONTAINER_METADATA_URI_V4") || isSet("ECS_CONTAINER_METADATA_URI")) {
      return guess(30, preStop, "ECS");
    }
    if (isSet("K_SERVICE") || isSet("CLOUD_RUN_JOB")) {
      return guess(10, preStop, "Cloud Run");
    }
    if (isSet("INVOCATION_ID")) {
      return guess(30, preStop, "systemd");
    }
    return new GracePeriod(DEFAULT, preStop, "the default");
  }

  private boolean isSet(String variable) {
    return environment.getOrDefault(variable, "").length() > 0;
  }

  private static GracePeriod guess(long seconds, Duration preStop, String platform) {
    return new GracePeriod(Duration.ofSeconds(seconds), preStop, "a guess for " + platform);
  }
}
