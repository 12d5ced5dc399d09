package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.spi.GraceSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraceSourcesTest {
  private static final Duration ZERO = Duration.ZERO;

  private record Provider(String name, @Nullable Duration gracePeriod) implements GraceSource {}

  private static GraceSources sources(Map<String, String> environment, GraceSource... providers) {
    return new GraceSources(environment, path -> false, List.of(providers));
  }

  private static String found(GracePeriod period) {
    return period.total().toSeconds() + " s from " + period.source();
  }

  @Test
  void find_takesTheFirstThatKnows() {
    Map<String, String> all =
        Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "45", "KUBERNETES_SERVICE_HOST", "10.0.0.1");
    GraceSource provider = new Provider("the plan", Duration.ofSeconds(7));
    GraceSources sources = sources(all, new Provider("none", null), provider);
    assertThat(found(sources.find(Duration.ofSeconds(5), Duration.ofSeconds(6), ZERO)))
        .isEqualTo("5 s from the builder");
    assertThat(found(sources.find(null, Duration.ofSeconds(6), ZERO)))
        .isEqualTo("6 s from PAGURUS_GRACE_PERIOD");
    assertThat(found(sources.find(null, null, ZERO)))
        .isEqualTo("45 s from TERMINATION_GRACE_PERIOD_SECONDS");
    Map<String, String> kubernetes = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    assertThat(found(sources(kubernetes, provider).find(null, null, ZERO)))
        .isEqualTo("7 s from the plan");
    assertThat(found(sources(kubernetes).find(null, null, ZERO)))
        .isEqualTo("30 s from a guess for Kubernetes");
    assertThat(found(sources(Map.of()).find(null, null, ZERO))).isEqualTo("10 s from the default");
  }

  @ParameterizedTest
  @CsvSource({
    "KUBERNETES_SERVICE_HOST, 30 s from a guess for Kubernetes",
    "ECS_CONTAINER_METADATA_URI_V4, 30 s from a guess for ECS",
    "K_SERVICE, 10 s from a guess for Cloud Run",
    "INVOCATION_ID, 30 s from a guess for systemd",
    "SOMETHING, 10 s from the default"
  })
  void find_guessesThePlatform(String variable, String expected) {
    assertThat(found(sources(Map.of(variable, "x")).find(null, null, ZERO))).isEqualTo(expected);
  }

  @Test
  void find_serviceAccountOfAPod_isKubernetes() {
    GraceSources sources =
        new GraceSources(Map.of(), path -> path.toString().contains("kubernetes.io"), List.of());
    assertThat(found(sources.find(null, null, ZERO))).isEqualTo("30 s from a guess for Kubernetes");
  }

  @ParameterizedTest
  @CsvSource({"soon", "0", "-5", "' '"})
  void find_strangeValueOfThePlatform_isIgnored(String value) {
    assertThat(
            found(
                sources(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", value)).find(null, null, ZERO)))
        .isEqualTo("10 s from the default");
  }

  @Test
  void find_providerThatThrowsOrSaysZero_isIgnored() {
    GraceSource broken =
        new GraceSource() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Duration gracePeriod() {
            throw new IllegalStateException("no answer");
          }
        };
    assertThat(
            found(
                sources(
                        Map.of(),
                        broken,
                        new Provider("zero", ZERO),
                        new Provider("good", Duration.ofSeconds(3)))
                    .find(null, null, ZERO)))
        .isEqualTo("3 s from good");
  }

  @ParameterizedTest
  @CsvSource({"10, 0, 9", "30, 0, 27", "60, 0, 57", "30, 10, 17", "1, 0, 0.5", "10, 12, 0"})
  void budget_isWhatIsLeftAfterPreStopAndMargin(long total, long preStop, double budget) {
    GracePeriod period =
        new GracePeriod(Duration.ofSeconds(total), Duration.ofSeconds(preStop), "a test");
    assertThat(period.budget()).isEqualTo(Duration.ofMillis((long) (budget * 1000)));
    assertThat(period.budget().plus(period.margin()).plusSeconds(Math.min(preStop, total)))
        .isEqualTo(period.total());
  }
}
