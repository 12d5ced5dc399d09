package io.pagurus.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** What the figures were measured on. */
final class Machine {
  private Machine() {}

  static String describe(Path root) throws IOException {
    return String.format(
        "%d processors (%s), %.0f GB of memory, %s %s, %s on the file system of the stores, JDK %s",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        memory() / 1e9,
        System.getProperty("os.name"),
        System.getProperty("os.version").replaceAll("-.*", ""),
        Files.getFileStore(root).type(),
        System.getProperty("java.version"));
  }

  static String versions() throws IOException {
    return "RocksDB "
        + version("org.rocksdb", "rocksdbjni")
        + ", H2 "
        + version("com.h2database", "h2")
        + ", EclipseStore "
        + version("org.eclipse.store", "storage-embedded");
  }

  /** The version of the jar that the class path names, as Maven lays jars out. */
  private static String version(String group, String artifact) throws IOException {
    String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream in = Machine.class.getResourceAsStream(resource)) {
      if (in != null) {
        Properties properties = new Properties();
        properties.load(in);
        return properties.getProperty("version");
      }
    }
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      String name = String.valueOf(Path.of(entry).getFileName());
      if (name.startsWith(artifact + "-") && name.endsWith(".jar")) {
        return name.substring(artifact.length() + 1, name.length() - 4);
      }
    }
    return "of an unknown version";
  }

  private static String processor() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }
}
