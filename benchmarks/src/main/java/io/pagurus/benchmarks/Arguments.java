package io.pagurus.benchmarks;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Arguments of the form {@code name=value}, or {@code --name} for {@code name=true}. */
final class Arguments {
  private final Map<String, String> given = new HashMap<>();

  /**
   * @throws IllegalArgumentException for a name that is not in {@code known}; lists them
   */
  Arguments(String[] arguments, Set<String> known) {
    for (String one : arguments) {
      String argument = one.startsWith("--") ? one.substring(2) : one;
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "There is no argument " + name + "; there are " + String.join(", ", known));
      }
      given.put(name, equals < 0 ? "true" : argument.substring(equals + 1));
    }
  }

  String text(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  int number(String name, int otherwise) {
    return Integer.parseInt(text(name, "" + otherwise).replace("_", ""));
  }

  double decimal(String name, double otherwise) {
    return Double.parseDouble(text(name, "" + otherwise));
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(text(name, "false"));
  }
}
