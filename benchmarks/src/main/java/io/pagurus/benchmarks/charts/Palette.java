package io.pagurus.benchmarks.charts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A colour for each label, the same in all panels of a chart. */
public final class Palette {
  /** Of this project. */
  static final String OURS = "#c2410c";

  private static final List<String> OTHERS =
      List.of("#2563eb", "#059669", "#7c3aed", "#ca8a04", "#0891b2", "#be185d", "#4b5563");

  private final Map<String, String> given = new HashMap<>();

  static boolean isOurs(String label) {
    return label.startsWith("Pagurus");
  }

  String of(String label) {
    return label.equals("Pagurus")
        ? OURS
        : given.computeIfAbsent(label, one -> OTHERS.get(given.size() % OTHERS.size()));
  }
}
