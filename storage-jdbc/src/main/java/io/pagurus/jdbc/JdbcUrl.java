package io.pagurus.jdbc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A URL as the user gave it, taken apart: {@code jdbc:h2:...}, H2's own settings after {@code ;},
 * ours after {@code ?}. Its text forms never show user or password.
 *
 * @param kind where the database is
 * @param location what follows {@code jdbc:h2:} and the kind, without settings
 * @param settings H2's settings as given, without USER and PASSWORD
 * @param user the user name
 * @param password the password
 * @param durability our option
 */
record JdbcUrl(
    Kind kind,
    String location,
    List<String> settings,
    String user,
    String password,
    Durability durability) {

  enum Kind {
    FILE,
    MEM,
    SERVER
  }

  private static final String PREFIX = "jdbc:h2:";
  private static final String EXPECTED =
      " Expected jdbc:h2:./path, jdbc:h2:file:path, jdbc:h2:mem:name or jdbc:h2:tcp://host/path,"
          + " optionally ?durability=process, then settings of H2 after a semicolon.";

  static JdbcUrl parse(String url) {
    if (!url.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "Only H2 can be opened by a jdbc: URL so far, not \"" + scheme(url) + "\"." + EXPECTED);
    }
    String rest = url.substring(PREFIX.length());
    Durability durability = Durability.POWER;
    int options = optionsStart(rest);
    if (options >= 0) {
      int end = rest.indexOf(';', options);
      String text = rest.substring(options + 1, end < 0 ? rest.length() : end);
      durability = options(text);
      rest = rest.substring(0, options) + (end < 0 ? "" : rest.substring(end));
    }
    String[] parts = rest.split(";", -1);
    String user = "sa";
    String password = "";
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      String name = name(parts[i]);
      if (name.equals("USER")) {
        user = value(parts[i]);
      } else if (name.equals("PASSWORD")) {
        password = value(parts[i]);
      } else if (!parts[i].isBlank()) {
        settings.add(parts[i]);
      }
    }
    return at(parts[0], settings, user, password, durability);
  }

  private static JdbcUrl at(
      String place, List<String> settings, String user, String password, Durability durability) {
    Kind kind;
    String location = place;
    if (place.startsWith("mem:")) {
      kind = Kind.MEM;
    } else if (place.startsWith("tcp:") || place.startsWith("ssl:")) {
      kind = Kind.SERVER;
    } else {
      kind = Kind.FILE;
      if (place.startsWith("file:")) {
        location = place.substring("file:".length());
      }
    }
    if (location.isEmpty() || location.equals("mem:")) {
      throw new IllegalArgumentException(
          "The URL \"" + PREFIX + place + "\" names no database." + EXPECTED);
    }
    return new JdbcUrl(kind, location, List.copyOf(settings), user, password, durability);
  }

  /** Ours come before H2's; behind them only in a form that cannot be part of a password. */
  private static int optionsStart(String rest) {
    int mark = rest.indexOf('?');
    int settings = rest.indexOf(';');
    if (mark < 0 || settings < 0 || mark < settings) {
      return mark;
    }
    int last = rest.lastIndexOf('?');
    return rest.startsWith("?durability=", last) && rest.indexOf(';', last) < 0 ? last : -1;
  }

  private static Durability options(String text) {
    Durability durability = Durability.POWER;
    for (String option : text.split("&", -1)) {
      switch (option) {
        case "", "durability=power" -> durability = Durability.POWER;
        case "durability=process" -> durability = Durability.PROCESS;
        default ->
            throw new IllegalArgumentException(
                "Unknown option \""
                    + option.replaceFirst("(?i)(pass[^=]*|user[^=]*)=.*", "$1=...")
                    + "\" in a jdbc: URL. Known: durability=power (the default: a commit survives a"
                    + " power cut), durability=process (it survives the death of the process)."
                    + " Settings of H2 follow a semicolon, not a question mark.");
      }
    }
    return durability;
  }

  private static String scheme(String url) {
    int first = url.indexOf(':');
    int second = url.indexOf(':', first + 1);
    return second < 0 ? url : url.substring(0, second + 1);
  }

  private static String name(String setting) {
    int equals = setting.indexOf('=');
    return (equals < 0 ? setting : setting.substring(0, equals)).strip().toUpperCase(Locale.ROOT);
  }

  private static String value(String setting) {
    return setting.substring(setting.indexOf('=') + 1);
  }

  private @Nullable String setting(String name) {
    for (String setting : settings) {
      if (name(setting).equals(name)) {
        return value(setting);
      }
    }
    return null;
  }

  /**
   * The absolute path of the database without H2's suffix, for a plain embedded one; null for a
   * server, for memory and for a file system of H2 that the user chose by name.
   */
  @Nullable Path path() {
    if (kind != Kind.FILE || location.indexOf(':') > 1) {
      return null;
    }
    String home = System.getProperty("user.home", ".");
    return (location.startsWith("~/") ? Path.of(home, location.substring(2)) : Path.of(location))
        .toAbsolutePath()
        .normalize();
  }

  /** True when H2's file lock keeps every other process out. */
  boolean lockedByFile() {
    String lock = setting("FILE_LOCK");
    String server = setting("AUTO_SERVER");
    return path() != null
        && (lock == null || lock.equalsIgnoreCase("FS") || lock.equalsIgnoreCase("FILE"))
        && (server == null || server.equalsIgnoreCase("FALSE"));
  }

  /**
   * What H2 gets. An embedded file goes through H2's {@code async:} files, which an interrupted
   * thread cannot close, and is closed by us and not by H2's own shutdown hook. All statements of a
   * commit fit in the cache of parsed ones, closing spends no time of a shutdown on compaction (0.4
   * s and more otherwise, measured; H2 reuses freed space while it runs), and no trace file keeps
   * values that failed.
   */
  String h2Url() {
    Path path = path();
    StringBuilder url = new StringBuilder(PREFIX);
    url.append(path == null ? location : "async:" + path);
    if (kind != Kind.SERVER) {
      addDefault(url, "DB_CLOSE_ON_EXIT", "FALSE");
      addDefault(url, "MAX_COMPACT_TIME", "0");
      addDefault(url, "QUERY_CACHE_SIZE", "64");
      addDefault(url, "TRACE_LEVEL_FILE", "0");
    } else {
      addDefault(url, "NETWORK_TIMEOUT", Integer.toString(Connections.NETWORK_MILLIS));
    }
    for (String setting : settings) {
      url.append(';').append(setting);
    }
    return url.toString();
  }

  /**
   * What H2 gets where nothing may be created or written: an embedded file is opened by H2 as one
   * on a read-only disk is, unless this JVM has it open already.
   */
  String h2UrlForReading() {
    StringBuilder url = new StringBuilder(h2Url());
    addDefault(url, "IFEXISTS", "TRUE");
    if (kind == Kind.FILE) {
      addDefault(url, "ACCESS_MODE_DATA", "r");
    }
    return url.toString();
  }

  private void addDefault(StringBuilder url, String name, String value) {
    if (setting(name) == null) {
      url.append(';').append(name).append('=').append(value);
    }
  }

  Properties credentials() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return properties;
  }

  /** For people: without credentials and settings. */
  String source() {
    Path path = path();
    return PREFIX + (path == null ? location : "file:" + path);
  }

  @Override
  public String toString() {
    return source();
  }
}
