package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** What a {@link CrashService} has said before it died. */
record Said(List<String> lines) {

  /** The confirmations that {@code numbers} does not hold. */
  List<String> lost(CrashService.Numbers numbers) {
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

  long confirmations() {
    return lines.stream().filter(line -> line.startsWith("D ")).count();
  }

  /**
   * Every confirmation is kept, and what was lost is not older than the stated loss window.
   *
   * @param clean nothing at all may be lost
   */
  void check(CrashService.Numbers numbers, boolean clean, String round) {
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
    return numbers.map.getOrDefault(Integer.parseInt(words[1]), 0L) >= Long.parseLong(words[2]);
  }
}
