package io.pagurus.benchmarks.charts;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A colour for each label, the same in all panels. */
final class Palette {
  /** Of this project. */
  static final String OURS = "#c2410c";

  private static final List<String> OTHERS =
      List.of("#2563eb", "#059669", "#7c3aed", "#ca8a04", "#0891b2", "#be185d", "#4b5563");

  private static final Map<String, String> GIVEN = new ConcurrentHashMap<>();

  private Palette() {}

  static boolean isOurs(String label) {
    return label.startsWith("Pagurus");
  }

  static String of(String label) {
    return label.equals("Pagurus")
        ? OURS
        : GIVEN.computeIfAbsent(label, one -> OTHERS.get(GIVEN.size() % OTHERS.size()));
  }
}
