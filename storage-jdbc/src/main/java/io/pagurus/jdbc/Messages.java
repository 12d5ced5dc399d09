package io.pagurus.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;

/** Parts of error messages. */
final class Messages {
  private static final int KEY_BYTES_SHOWN = 64;

  private Messages() {}

  /** What the database said, without the statement that H2 appends. */
  static String of(SQLException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    int statement = message.indexOf("; SQL statement:");
    String text = statement < 0 ? message : message.substring(0, statement);
    String reason = reason(e);
    return text
        + (reason.isEmpty() || text.contains(reason) ? "" : " (" + reason + ")")
        + (e.getErrorCode() == 0 ? "" : " [H2 " + e.getErrorCode() + "]");
  }

  /** What the operating system said, which H2 hides below its own exceptions. */
  private static String reason(SQLException e) {
    String reason = "";
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof IOException && t.getMessage() != null) {
        reason = t.getMessage();
      }
    }
    return reason;
  }

  /** What to do about it, beginning with a space, or nothing. */
  static String advice(SQLException e) {
    return switch (SqlFailure.of(e)) {
      case CONNECTION ->
          " Check that the database runs and can be reached from here; the store tries again.";
      case LOGIN ->
          " Check USER and PASSWORD in the URL, or PAGURUS_URL; for an H2 that Pagurus created"
              + " without them the user is sa with an empty password.";
      case BUSY -> " Another transaction holds the row; the store tries again.";
      case OTHER, NO_DATABASE ->
          " Check that the directory exists, is writable and has room, and that this user may"
              + " create and change tables.";
      default -> "";
    };
  }

  /** A key as text where it is printable ASCII, else in hex; cut to a readable length. */
  static String key(byte[] key) {
    int shown = Math.min(key.length, KEY_BYTES_SHOWN);
    boolean printable = true;
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < shown; i++) {
      printable &= key[i] >= 0x20 && key[i] < 0x7f;
      text.append((char) (key[i] & 0xff));
    }
    String form =
        printable
            ? text.append('"').toString()
            : "0x" + HexFormat.of().formatHex(key, 0, shown).toLowerCase(Locale.ROOT);
    return shown == key.length ? form : form + "... (" + key.length + " bytes)";
  }
}
