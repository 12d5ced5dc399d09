package io.pagurus.lifecycle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a JVM, put together from its command line, from argument files ({@code @file}) and
 * from the environment variables that the launcher and the JVM read. Later ones overrule earlier
 * ones.
 *
 * <p>It deliberately does not read {@code -XX:Flags} and {@code -XX:VMOptionsFile}, and takes no
 * notice of quotation marks: options of interest have no spaces.
 */
final class JvmOptions {
  /** Launcher options whose value is the next word. */
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--add-exports",
          "--add-opens",
          "--add-reads",
          "--limit-modules",
          "--patch-module",
          "--enable-native-access",
          "--source",
          "-d",
          "--describe-module");

  /** After these comes what is run, and then its own arguments. */
  private static final Set<String> LAST = Set.of("-jar", "-m", "--module");

  private JvmOptions() {}

  static List<String> of(List<String> commandLine, Map<String, String> environment) {
    List<String> options = new ArrayList<>();
    addWords(environment.get("JAVA_TOOL_OPTIONS"), options);
    addWords(environment.get("JDK_JAVA_OPTIONS"), options);
    for (int i = 1; i < commandLine.size(); i++) {
      String word = commandLine.get(i);
      if (word.startsWith("@") && word.length() > 1) {
        addWords(contentOf(word.substring(1)), options);
        continue;
      }
      if (!word.startsWith("-") || LAST.contains(word)) {
        break;
      }
      options.add(word);
      if (WITH_VALUE.contains(word)) {
        i++;
      }
    }
    addWords(environment.get("_JAVA_OPTIONS"), options);
    return options;
  }

  private static void addWords(@Nullable String text, List<String> options) {
    if (text != null && !text.isBlank()) {
      options.addAll(List.of(text.strip().split("\\s+")));
    }
  }

  private static @Nullable String contentOf(String file) {
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
    } catch (IOException | InvalidPathException | SecurityException e) {
      return null;
    }
  }

  /** Whether the flag {@code name} is on: the last of {@code -XX:+name} and {@code -XX:-name}. */
  static boolean isOn(List<String> options, String name) {
    boolean on = false;
    for (String option : options) {
      if (option.equals("-XX:+" + name)) {
        on = true;
      } else if (option.equals("-XX:-" + name)) {
        on = false;
      }
    }
    return on;
  }
}
