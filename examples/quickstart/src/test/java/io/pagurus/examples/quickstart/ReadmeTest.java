package io.pagurus.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled and run here. */
final class ReadmeTest {
  /** The module's directory is the working directory of its tests. */
  private static final Path SOURCE =
      Path.of("src/main/java/io/pagurus/examples/quickstart/Quickstart.java");

  private static final Path README = Path.of("../../README.md");
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\n(.*?)```");

  @Test
  void readme_javaBlock_isTheQuickstart() throws IOException {
    List<String> blocks =
        JAVA_BLOCK
            .matcher(Files.readString(README))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();

    assertThat(blocks).containsExactly(Files.readString(SOURCE));
  }

  @Test
  void quickstart_isShort() throws IOException {
    assertThat(Files.readAllLines(SOURCE)).hasSizeLessThanOrEqualTo(40);
  }
}
