package io.pagurus.benchmarks;

import java.util.List;

/** What a JVM needs for a store that keeps its live table outside of the heap. */
final class OffHeap {
  /** The flags that the documentation of Chronicle Map lists for Java 17. */
  private static final List<String> FLAGS =
      List.of(
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  private OffHeap() {}

  /** The flags that a store at {@code url} needs. */
  static List<String> flags(String url) {
    return url.contains("live=offheap") ? FLAGS : List.of();
  }
}
