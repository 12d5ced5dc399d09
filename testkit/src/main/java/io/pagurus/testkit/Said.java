package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link CrashService} has said before it died.
 *
 * @param lines what it said, in order
 */
public record Said(List<String> lines) {

  /** The confirmations that {@code numbers} does not hold. */
  public List<String> lost(CrashService.Numbers numbers) {
    List<String> lost = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ");
      // The last line may be cut off in the middle of a number; it then says too little, not more.
      if (words[0].equals("D") && words.length == 3 && !found(numbers, words)) {
        lost.add(line);
      }
    }
    return lost;
  }

  /** How many steps it said to be durable. */
  public long confirmations() {
    return lines.stream().filter(line -> line.startsWith("D ")).count();
  }

  /**
   * What it confirmed is part of what its successor, which said {@code next}, began with. This is
   * sharper than looking at the end: the successor may repeat a step that was lost.
   */
  public void checkTakenOverBy(Said next, String round) {
    long[] begin = new long[CrashService.WRITERS];
    int found = 0;
    for (String line : next.lines) {
      String[] words = line.split(" ");
      if (words[0].equals("S")) {
        begin[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
        found++;
      }
    }
    assertThat(found).as("%s: what the successor found", round).isEqualTo(begin.length);
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals("D") && words.length == 3) {
        assertThat(begin[Integer.parseInt(words[1])])
            .as("%s: confirmed by the former owner, not found by the next: %s", round, line)
            .isGreaterThanOrEqualTo(Long.parseLong(words[2]));
      }
    }
  }

  /**
   * Every confirmation is kept, and what was lost is not older than the stated loss window.
   *
   * @param clean nothing at all may be lost
   */
  public void check(CrashService.Numbers numbers, boolean clean, String round) {
    long safeBefore = 0;
    for (String line : lines) {
      if (line.startsWith("W ") && line.length() == 15) {
        safeBefore = Math.max(safeBefore, Long.parseLong(line.substring(2)));
      }
    }
    assertThat(lost(numbers)).as("%s: confirmed", round).isEmpty();
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals("A")
          && words.length == 4
          && words[3].length() == 13
          && !found(numbers, words)) {
        assertThat(clean).as("%s: returned before SIGTERM saved: %s", round, line).isFalse();
        assertThat(Long.parseLong(words[3]))
            .as("%s: lost, but older than the stated loss window: %s", round, line)
            .isGreaterThanOrEqualTo(safeBefore);
      }
    }
    System.out.printf("%s: %d lines, %d confirmations%n", round, lines.size(), confirmations());
  }

  private static boolean found(CrashService.Numbers numbers, String[] words) {
    return numbers.last(Integer.parseInt(words[1])) >= Long.parseLong(words[2]);
  }
}
