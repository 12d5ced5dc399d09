package io.pagurus;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was found damaged when a store was opened, and what was done about it.
 *
 * @param source where the state is, without credentials
 * @param policy what was done
 * @param findings each thing that failed verification
 * @param lostCommits the commits that are not part of the restored state, oldest first; of many,
 *     the newest 1,000
 * @param lostCommitCount how many they are in all
 * @param restoredVersion the commit whose state was restored; 0 for an empty one, -1 when nothing
 *     was restored ({@link DamagePolicy#FAIL})
 * @param quarantined objects that are kept although nothing refers to them any more. Pagurus never
 *     removes them; whoever does not need them may
 */
public record DamageReport(
    String source,
    DamagePolicy policy,
    List<Finding> findings,
    List<LostCommit> lostCommits,
    long lostCommitCount,
    long restoredVersion,
    List<String> quarantined) {
  public DamageReport {
    findings = List.copyOf(findings);
    lostCommits = List.copyOf(lostCommits);
    quarantined = List.copyOf(quarantined);
  }

  /**
   * One thing that failed verification.
   *
   * @param object the name of the object or file, relative to {@link DamageReport#source}
   * @param offset where in it, in bytes; -1 for the whole
   * @param what what is wrong with it, for people
   * @param entries how many entries it held, -1 when unknown
   */
  public record Finding(String object, long offset, String what, long entries) {}

  /**
   * A commit that is lost.
   *
   * @param epoch the owner that made it
   * @param version its number
   * @param committedAt when it was made, by the clock of its process; null when unknown
   */
  public record LostCommit(long epoch, long version, @Nullable Instant committedAt) {}

  /** For people, one finding a line. */
  public String describe() {
    String what =
        findings.stream()
            .map(
                finding ->
                    "  "
                        + finding.object()
                        + (finding.offset() < 0 ? "" : " at byte " + finding.offset())
                        + ": "
                        + finding.what()
                        + (finding.entries() < 0 ? "" : " (" + finding.entries() + " entries)"))
            .collect(Collectors.joining("\n"));
    String lost =
        lostCommitCount == 0 ? "" : "\nLost: " + lostCommitCount + " commits, " + range() + ".";
    String kept =
        quarantined.isEmpty() ? "" : "\nPut aside: " + String.join(", ", quarantined) + ".";
    return "Damage at " + source + ":\n" + what + lost + kept;
  }

  private String range() {
    if (lostCommits.isEmpty()) {
      return "unknown which";
    }
    LostCommit first = lostCommits.get(0);
    LostCommit last = lostCommits.get(lostCommits.size() - 1);
    return "versions "
        + first.version()
        + " to "
        + last.version()
        + " of "
        + first.committedAt()
        + " to "
        + last.committedAt();
  }
}
