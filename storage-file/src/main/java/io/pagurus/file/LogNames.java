package io.pagurus.file;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of the files of the log, all in one directory. */
final class LogNames {
  /** The directory below the root. */
  static final String DIRECTORY = "c";

  private static final Pattern PART = Pattern.compile("([0-9a-f]{16})\\.([0-9a-f]{8})\\.log");
  private static final Pattern SEAL = Pattern.compile("([0-9a-f]{16})\\.seal");

  private LogNames() {}

  /**
   * One append file.
   *
   * @param epoch whose it is
   * @param number counts from 0 in each epoch
   */
  record Part(long epoch, int number) implements Comparable<Part> {
    private static final Comparator<Part> ORDER =
        Comparator.comparingLong(Part::epoch).thenComparingInt(Part::number);

    String file() {
      return String.format(Locale.ROOT, "%016x.%08x.log", epoch, number);
    }

    /** Its key, relative to the root. */
    String key() {
      return DIRECTORY + "/" + file();
    }

    @Override
    public int compareTo(Part other) {
      return ORDER.compare(this, other);
    }

    static @Nullable Part of(String file) {
      Matcher matcher = PART.matcher(file);
      return matcher.matches()
          ? new Part(
              HexFormat.fromHexDigitsToLong(matcher.group(1)),
              HexFormat.fromHexDigits(matcher.group(2)))
          : null;
    }
  }

  static String seal(long epoch) {
    return HexFormat.of().toHexDigits(epoch) + ".seal"; // asked for with each commit
  }

  /** The epoch that the seal {@code file} ends, or null when it is no seal. */
  static @Nullable Long sealed(String file) {
    Matcher matcher = SEAL.matcher(file);
    return matcher.matches() ? HexFormat.fromHexDigitsToLong(matcher.group(1)) : null;
  }
}
