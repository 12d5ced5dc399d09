package io.pagurus;

import java.time.Instant;
import java.util.List;
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

  /**
   * For people, one finding a line:
   *
   * <pre>
   * Damage at file:/var/lib/checkout:
   *   log/000002.log at byte 4096: checksum mismatch (12 entries)
   * Lost: 3 commits, versions 8 to 10 of 2026-01-02T03:04:05Z to 2026-01-02T03:04:06Z.
   * Restored: version 7.
   * Put aside: log/000002.log.
   * </pre>
   */
  public String describe() {
    StringBuilder text = new StringBuilder("Damage at ").append(source).append(':');
    for (Finding finding : findings) {
      text.append("\n  ").append(finding.object());
      if (finding.offset() >= 0) {
        text.append(" at byte ").append(finding.offset());
      }
      text.append(": ").append(finding.what());
      if (finding.entries() >= 0) {
        text.append(" (").append(count(finding.entries(), "entry", "entries")).append(')');
      }
    }
    if (lostCommitCount > 0) {
      text.append("\nLost: ").append(count(lostCommitCount, "commit", "commits"));
      text.append(", ").append(whichLost()).append('.');
    }
    if (restoredVersion >= 0) {
      text.append("\nRestored: ");
      text.append(restoredVersion == 0 ? "an empty state." : "version " + restoredVersion + ".");
    }
    if (!quarantined.isEmpty()) {
      text.append("\nPut aside: ").append(String.join(", ", quarantined)).append('.');
    }
    return text.toString();
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  private String whichLost() {
    if (lostCommits.isEmpty()) {
      return "unknown which";
    }
    LostCommit first = lostCommits.get(0);
    LostCommit last = lostCommits.get(lostCommits.size() - 1);
    String some = lostCommits.size() < lostCommitCount ? "the newest are " : "";
    return lostCommits.size() == 1
        ? some + "version " + last.version() + " of " + time(last)
        : some
            + "versions "
            + first.version()
            + " to "
            + last.version()
            + " of "
            + time(first)
            + " to "
            + time(last);
  }

  private static String time(LostCommit commit) {
    Instant at = commit.committedAt();
    return at == null ? "an unknown time" : at.toString();
  }
}
