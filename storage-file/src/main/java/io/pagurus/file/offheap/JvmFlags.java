package io.pagurus.file.offheap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What Chronicle Map needs of the JVM, found by trying on Java 17 and 25: the same four flags on
 * both, and the compiler, with which it makes classes at first use.
 */
final class JvmFlags {
  private static final String ENTRANCE = "net.openhft.chronicle.map.ChronicleMap";

  private record Need(String module, String packageName, boolean open) {
    boolean isMet(Module chronicle) {
      Optional<Module> found = ModuleLayer.boot().findModule(module);
      return found.isPresent()
          && (open
              ? found.get().isOpen(packageName, chronicle)
              : found.get().isExported(packageName, chronicle));
    }

    String flag(Module chronicle) {
      return (open ? "--add-opens=" : "--add-exports=")
          + module
          + "/"
          + packageName
          + "="
          + (chronicle.isNamed() ? chronicle.getName() : "ALL-UNNAMED");
    }
  }

  private static final List<Need> NEEDS =
      List.of(
          new Need("java.base", "java.lang", true),
          new Need("java.base", "java.lang.reflect", true),
          new Need("java.base", "sun.nio.ch", false),
          new Need("jdk.compiler", "com.sun.tools.javac.file", false));

  private JvmFlags() {}

  /**
   * Looks whether Chronicle Map can start, without starting it.
   *
   * @throws IllegalStateException when it cannot; says what to add
   */
  static void check() {
    Module chronicle;
    try {
      chronicle = Class.forName(ENTRANCE, false, JvmFlags.class.getClassLoader()).getModule();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "The off-heap table needs Chronicle Map, which is not on the class path: add the"
              + " dependency net.openhft:chronicle-map, or keep the entries on the heap.",
          e);
    }
    if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
      throw new IllegalStateException(
          "The off-heap table needs the module jdk.compiler, which this Java at "
              + System.getProperty("java.home")
              + " does not have: run on a full JDK, or keep the entries on the heap.");
    }
    List<String> missing = new ArrayList<>();
    for (Need need : NEEDS) {
      if (!need.isMet(chronicle)) {
        missing.add(need.flag(chronicle));
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "The off-heap table cannot start in this JVM: add to the java command, or to the"
              + " environment variable JDK_JAVA_OPTIONS: "
              + String.join(" ", missing)
              + " (or keep the entries on the heap, which needs no flags)");
    }
  }
}
