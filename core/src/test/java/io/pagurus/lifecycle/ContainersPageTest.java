package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What docs/containers.md says can be copied from it. */
final class ContainersPageTest {
  private static final Path PAGE = Path.of("../docs/containers.md");
  private static final Pattern MANIFEST = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SECONDS = Pattern.compile("([0-9]+)s");

  @Test
  void manifests_areYamlWhosePeriodsFit() throws IOException {
    List<Map<?, ?>> manifests = manifests();
    assertThat(manifests)
        .extracting(manifest -> manifest.get("kind"))
        .containsExactly("StatefulSet", "Deployment", "Pod");
    for (Map<?, ?> manifest : manifests) {
      Map<?, ?> pod = pod(manifest);
      Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).get(0);
      Map<Object, Object> environment =
          ((List<?>) container.get("env"))
              .stream()
                  .map(entry -> (Map<?, ?>) entry)
                  .collect(Collectors.toMap(entry -> entry.get("name"), entry -> entry.get("value")));
      Duration grace = seconds(environment.get("PAGURUS_GRACE_PERIOD"));
      Duration preStop =
          environment.containsKey("PAGURUS_PRESTOP")
              ? seconds(environment.get("PAGURUS_PRESTOP"))
              : Duration.ZERO;
      int platform = (Integer) pod.get("terminationGracePeriodSeconds");
      assertThat(grace).isLessThanOrEqualTo(Duration.ofSeconds(platform));
      assertThat(new GracePeriod(grace, preStop, "manifest").budget())
          .isGreaterThan(Duration.ofSeconds(10));
      assertThat((List<?>) container.get("command")).first().isEqualTo("java");
    }
  }

  @Test
  void variables_areThoseThatAreRead() throws IOException {
    Set<String> known =
        names("PAGURUS_[A-Z_]+", Path.of("src/main/java/io/pagurus/StateStoreBuilder.java"));
    assertThat(known).containsAll(names("PAGURUS_[A-Z_]+", PAGE));
  }

  @Test
  void findings_areAllExplained() throws IOException {
    assertThat(names("(?m)(?<=^\\| `)[a-z]+(-[a-z]+)+(?=` \\|)", PAGE))
        .containsAll(Doctor.IDS)
        .contains("storage-too-slow")
        .hasSize(Doctor.IDS.size() + 1);
  }

  private static List<Map<?, ?>> manifests() throws IOException {
    List<Map<?, ?>> manifests = new ArrayList<>();
    Matcher matcher = MANIFEST.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      manifests.add(new Yaml(new SafeConstructor(new LoaderOptions())).load(matcher.group(1)));
    }
    return manifests;
  }

  private static Map<?, ?> pod(Map<?, ?> manifest) {
    Map<?, ?> spec = (Map<?, ?>) manifest.get("spec");
    Object template = spec.get("template");
    return template == null ? spec : (Map<?, ?>) ((Map<?, ?>) template).get("spec");
  }

  private static Duration seconds(Object value) {
    Matcher matcher = SECONDS.matcher(String.valueOf(value));
    assertThat(matcher.matches()).as("%s", value).isTrue();
    return Duration.ofSeconds(Long.parseLong(matcher.group(1)));
  }

  private static Set<String> names(String pattern, Path file) throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }
}
