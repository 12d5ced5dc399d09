package io.pagurus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A fork that did not do what it was asked for. */
final class ForkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path log;

  ForkException(String reason, Path log) {
    super(reason);
    this.log = log;
  }

  /** The first line of what it said that names a failure, or nothing. */
  String said() throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .findFirst()
        .map(line -> ": " + line.substring(0, Math.min(200, line.length())))
        .orElse("");
  }
}
