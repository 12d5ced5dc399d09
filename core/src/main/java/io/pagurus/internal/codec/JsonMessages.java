package io.pagurus.internal.codec;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/** Failures of the JSON library, told in the words of the user's own types. */
final class JsonMessages {
  private JsonMessages() {}

  /** What happened and, if known, in which field: {@code at items[2].price: ...}. */
  static String of(JacksonException failure) {
    String message = failure.getOriginalMessage();
    String path = path(failure.getPath());
    return path.isEmpty() ? message : "at " + path + ": " + message;
  }

  private static String path(List<JacksonException.Reference> references) {
    return references.stream()
        .map(
            r -> r.getPropertyName() == null ? "[" + r.getIndex() + "]" : "." + r.getPropertyName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }
}
