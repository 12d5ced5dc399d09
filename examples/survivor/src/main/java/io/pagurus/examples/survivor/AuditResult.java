package io.pagurus.examples.survivor;

import java.util.List;

/**
 * What one audit found.
 *
 * @param findings broken promises, empty when all is well
 * @param asyncLost acknowledged additions that are gone
 * @param lossMicros the age of the oldest of them at the stop; zero when none is gone
 */
record AuditResult(List<Finding> findings, long asyncLost, long lossMicros) {
  AuditResult {
    findings = List.copyOf(findings);
  }

  long count(Finding.Kind kind) {
    return findings.stream().filter(finding -> finding.kind() == kind).count();
  }
}
