package io.pagurus.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What docs/containers.md says can be copied from it. */
final class ContainersPageTest {
  private static final Path PAGE = Path.of("../docs/containers.md");
  private static final Pattern MANIFEST = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SECONDS = Pattern.compile("([0-9]+)s");

  @Test
  void manifests_areYamlWhosePeriodsFit() throws IOException {
    List<JsonNode> manifests = manifests();
    assertThat(manifests.stream().map(manifest -> manifest.path("kind").asString()))
        .containsExactly("StatefulSet", "Deployment", "Pod");
    for (JsonNode manifest : manifests) {
      JsonNode spec = manifest.path("spec");
      JsonNode pod = spec.has("template") ? spec.path("template").path("spec") : spec;
      JsonNode container = pod.path("containers").path(0);
      Duration grace = seconds(variable(container, "PAGURUS_GRACE_PERIOD"));
      Duration preStop = seconds(variable(container, "PAGURUS_PRESTOP"));
      int platform = pod.path("terminationGracePeriodSeconds").asInt();
      assertThat(grace).isLessThanOrEqualTo(Duration.ofSeconds(platform));
      assertThat(new GracePeriod(grace, preStop, "manifest").budget())
          .isGreaterThan(Duration.ofSeconds(10));
      assertThat(container.path("command").path(0).asString()).isEqualTo("java");
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

  private static List<JsonNode> manifests() throws IOException {
    List<JsonNode> manifests = new ArrayList<>();
    JsonMapper mapper = new JsonMapper();
    Matcher matcher = MANIFEST.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      Object content = new Yaml(new SafeConstructor(new LoaderOptions())).load(matcher.group(1));
      manifests.add(mapper.valueToTree(content));
    }
    return manifests;
  }

  /** The value of a variable, zero seconds when it is not set. */
  private static String variable(JsonNode container, String name) {
    for (JsonNode entry : container.path("env")) {
      if (entry.path("name").asString().equals(name)) {
        return entry.path("value").asString();
      }
    }
    return "0s";
  }

  private static Duration seconds(String value) {
    Matcher matcher = SECONDS.matcher(value);
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
