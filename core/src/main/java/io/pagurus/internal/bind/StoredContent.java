package io.pagurus.internal.bind;

/** Says what stored bytes look like, without showing their content. */
final class StoredContent {
  private StoredContent() {}

  /**
   * Describes the stored form of a plain field: {@code a JSON array of 12 bytes}.
   *
   * @param codecId the encoding it is believed to have
   */
  static String describe(byte[] field, String codecId) {
    if (field.length == 0) {
      return "nothing";
    } else if (field.length == 1) {
      return field[0] == 0 ? "null" : "an empty " + codecId;
    }
    int length = field.length - 1;
    String kind = codecId.equals("json") ? json(field[1]) : codecId;
    return kind + ", " + length + (length == 1 ? " byte" : " bytes");
  }

  private static String json(byte first) {
    return switch (first) {
      case '{' -> "a JSON object";
      case '[' -> "a JSON array";
      case '"' -> "a JSON string";
      case 't', 'f' -> "a JSON boolean";
      case 'n' -> "a JSON null";
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> "a JSON number";
      default -> "no JSON";
    };
  }
}
