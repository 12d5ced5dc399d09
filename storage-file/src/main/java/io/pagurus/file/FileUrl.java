package io.pagurus.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL as the user gave it, taken apart: {@code file:}, a path, and options after {@code ?}. The
 * path is taken as it is, nothing in it is decoded.
 *
 * @param path the directory that holds the stores, absolute
 * @param durability what a commit survives
 * @param live where the current entries are kept
 * @param log the form of the log, or null when the file system decides
 */
record FileUrl(Path path, Durability durability, Live live, @Nullable LogForm log) {
  /** Where the current entries are kept. */
  enum Live {
    HEAP,
    OFFHEAP
  }

  /** How commits are stored. */
  enum LogForm {
    /** Files that grow, for local disks. */
    APPEND,
    /** One file per commit, for file systems that are shared over a network. */
    SLOTS
  }

  private static final String PREFIX = "file:";
  private static final Pattern DRIVE = Pattern.compile("/[A-Za-z]:([/\\\\].*)?");
  private static final String EXPECTED =
      " Expected file:/absolute/path, file:relative/path or file:///absolute/path, the directory"
          + " that holds the stores, then options after a question mark.";
  private static final String KNOWN =
      " Known: durability=power (the default: a commit survives a power cut), durability=process"
          + " (it survives the death of the process); live=heap (the default), live=offheap;"
          + " log=append (the default on local disks), log=slots. Options are separated by '&'.";

  static FileUrl parse(String url) {
    if (!url.startsWith(PREFIX)) {
      throw new IllegalArgumentException("\"" + url + "\" is no file: URL." + EXPECTED);
    }
    int mark = url.indexOf('?');
    String place = url.substring(PREFIX.length(), mark < 0 ? url.length() : mark);
    Durability durability = Durability.POWER;
    Live live = Live.HEAP;
    LogForm log = null;
    for (String option : mark < 0 ? new String[0] : url.substring(mark + 1).split("&", -1)) {
      switch (option) {
        case "" -> {}
        case "live=heap" -> live = Live.HEAP;
        case "live=offheap" -> live = Live.OFFHEAP;
        case "durability=power" -> durability = Durability.POWER;
        case "durability=process" -> durability = Durability.PROCESS;
        case "log=append" -> log = LogForm.APPEND;
        case "log=slots" -> log = LogForm.SLOTS;
        default ->
            throw new IllegalArgumentException(
                "Unknown option \"" + option + "\" in " + url + "." + KNOWN);
      }
    }
    return new FileUrl(path(url, place), durability, live, log);
  }

  private static Path path(String url, String place) {
    String path = place;
    if (path.startsWith("//")) {
      path = path.substring(2);
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException(
            "The URL \"" + url + "\" names a host, which a file: URL cannot." + EXPECTED);
      }
    }
    if (DRIVE.matcher(path).matches()) {
      path = path.substring(1);
    }
    if (path.isEmpty()) {
      throw new IllegalArgumentException("The URL \"" + url + "\" names no path." + EXPECTED);
    }
    try {
      String home = System.getProperty("user.home", ".");
      return (path.startsWith("~/") ? Path.of(home, path.substring(2)) : Path.of(path))
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "The URL \"" + url + "\" has no valid path: " + e.getMessage() + "." + EXPECTED, e);
    }
  }

  /** The directory of one store. */
  Path root(String storeName) {
    if (storeName.equals(".") || storeName.equals("..")) {
      throw new IllegalArgumentException(
          "A store in files cannot be named \"" + storeName + "\": its name is a directory.");
    }
    return path.resolve(storeName);
  }

  /** For people. */
  String source() {
    return PREFIX + path;
  }
}
