package io.pagurus.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Code that a page shows is code that compiles. */
class DocsTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void shutdownPage_showsCodeThatCompiles() throws IOException {
    String page = Files.readString(Path.of("../docs/shutdown.md"));
    String source =
        Files.readString(Path.of("src/test/java/io/pagurus/testkit/docs/ShutdownExamples.java"));
    Matcher block = JAVA.matcher(page);
    int blocks = 0;
    while (block.find()) {
      assertThat(withoutSpace(source)).contains(withoutSpace(block.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(3);
  }

  private static String withoutSpace(String code) {
    return code.replaceAll("\\s+", "");
  }
}
