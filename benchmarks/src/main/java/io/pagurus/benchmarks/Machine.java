package io.pagurus.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the figures were measured on. */
final class Machine {
  private static final Map<String, String> LIBRARIES = libraries();

  private Machine() {}

  private static Map<String, String> libraries() {
    Map<String, String> libraries = new LinkedHashMap<>();
    libraries.put("RocksDB", "rocksdbjni");
    libraries.put("H2 and MVStore", "h2");
    libraries.put("Jdbi", "jdbi3-core");
    libraries.put("MapDB", "mapdb");
    libraries.put("Chronicle Map", "chronicle-map");
    libraries.put("Xodus", "xodus-environment");
    libraries.put("EclipseStore", "storage-embedded");
    libraries.put("Ehcache", "ehcache");
    libraries.put("Infinispan", "infinispan-core");
    libraries.put("Caffeine", "caffeine");
    libraries.put("Jackson", "jackson-databind");
    libraries.put("Kryo", "kryo");
    libraries.put("JMH", "jmh-core");
    return libraries;
  }

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

  /** The versions of all peers. */
  static String versions() {
    return LIBRARIES.entrySet().stream()
        .map(library -> library.getKey() + " " + version(library.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** The version of the jar that the class path names, as Maven lays jars out. */
  private static String version(String artifact) {
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      String name = String.valueOf(Path.of(entry).getFileName());
      if (name.matches(Pattern.quote(artifact) + "-\\d.*\\.jar")) {
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

  /** How many processes wanted to run in the last minute: what else the machine is busy with. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }
}
