package io.pagurus;

import java.util.List;

/**
 * The doctor has found something and {@link DoctorMode#STRICT} was asked for. <b>Fix the
 * deployment</b> as each finding says, accept the finding with {@link
 * StateStoreBuilder#doctorAccepts}, or open with {@link DoctorMode#WARN}. Nothing was owned and no
 * state was changed.
 */
public final class UnfitSurroundingsException extends StateException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  public UnfitSurroundingsException(String message, List<Finding> findings) {
    super(message);
    this.findings = List.copyOf(findings);
  }

  /** What was found; at least one. */
  public List<Finding> findings() {
    return findings;
  }
}
