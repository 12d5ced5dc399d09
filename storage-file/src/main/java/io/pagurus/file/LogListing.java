package io.pagurus.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is in the directory of the log at one moment.
 *
 * @param parts the append files and their lengths
 * @param seals the epochs that are sealed
 */
record LogListing(NavigableMap<LogNames.Part, Long> parts, NavigableSet<Long> seals) {
  LogListing {
    parts = Collections.unmodifiableNavigableMap(parts);
    seals = Collections.unmodifiableNavigableSet(seals);
  }

  static LogListing of(Disk disk, Directories directories) {
    NavigableMap<LogNames.Part, Long> parts = new TreeMap<>();
    NavigableSet<Long> seals = new TreeSet<>();
    Path directory = directories.root().resolve(LogNames.DIRECTORY);
    try {
      for (Disk.Entry entry : disk.list(directory)) {
        LogNames.Part part = LogNames.Part.of(entry.name());
        if (part != null) {
          parts.put(part, entry.length());
        }
        Long sealed = LogNames.sealed(entry.name());
        if (sealed != null) {
          seals.add(sealed);
        }
      }
    } catch (NoSuchFileException e) {
      directories.requireRoot();
    } catch (IOException e) {
      throw Unavailable.because("list", directory, e);
    }
    return new LogListing(parts, seals);
  }

  boolean isEmpty() {
    return parts.isEmpty() && seals.isEmpty();
  }

  /** The highest epoch that exists. */
  long epoch() {
    long sealed = seals.isEmpty() ? 0 : seals.last() + 1;
    return parts.isEmpty() ? sealed : Math.max(sealed, parts.lastKey().epoch());
  }
}
