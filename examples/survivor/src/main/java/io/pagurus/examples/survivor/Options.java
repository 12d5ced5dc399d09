package io.pagurus.examples.survivor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * The command line.
 *
 * @param storages one after the other: a URL scheme that ends with a colon, which gets a temporary
 *     directory (s3: a bucket) behind it, or a complete URL, which is used as it is and must be
 *     empty
 * @param stops how often the service is stopped; half of them by SIGTERM, half by SIGKILL
 * @param seconds how long the stops of one storage should take
 * @param clients how many clients ask at the same time
 * @param seed of the order and the moments of the stops
 * @param holdReplies false is the sabotage: checkouts are confirmed before they are durable
 */
record Options(
    List<String> storages, int stops, int seconds, int clients, long seed, boolean holdReplies) {

  static final String USAGE =
      """
      options:
        --quick            6 stops in about 20 s instead of 20 in about 65 s, for each storage
        --storage URL,...  where the state is kept, default jdbc:h2:,file:,s3: one after the other;
                           a scheme that ends with a colon gets a temporary directory, and s3: a
                           bucket of a server in the driver's JVM
        --stops N          how often the service is stopped, half SIGTERM, half SIGKILL
        --seconds N        how long that should take for each storage
        --clients N        concurrent clients, 1 to 64, default 8
        --seed N           repeats the order and the moments of the stops
        --sabotage         confirms checkouts before they are durable: the audit must fail""";

  /** Reads the command line; one argument may hold several words. */
  static Options parse(List<String> arguments) {
    List<String> words =
        arguments.stream()
            .flatMap(argument -> List.of(argument.trim().split("\\s+")).stream())
            .filter(word -> !word.isEmpty())
            .toList();
    List<String> storages = List.of("jdbc:h2:", "file:", "s3:");
    int stops = words.contains("--quick") ? 6 : 20;
    int seconds = words.contains("--quick") ? 20 : 65;
    int clients = 8;
    long seed = System.nanoTime() & 0xffff_ffffL;
    boolean holdReplies = true;
    for (Iterator<String> word = words.iterator(); word.hasNext(); ) {
      String name = word.next();
      switch (name) {
        case "--quick" -> {}
        case "--sabotage" -> holdReplies = false;
        case "--storage" -> storages = List.of(value(name, word).split(","));
        case "--stops" -> stops = number(name, value(name, word), 1, 10_000);
        case "--seconds" -> seconds = number(name, value(name, word), 1, 86_400);
        case "--clients" -> clients = number(name, value(name, word), 1, 64);
        case "--seed" -> seed = Long.parseLong(value(name, word));
        default -> throw new IllegalArgumentException("unknown option " + name);
      }
    }
    return new Options(storages, stops, seconds, clients, seed, holdReplies);
  }

  /** The stops in the order of the seed. */
  List<StopKind> plan() {
    List<StopKind> plan = new ArrayList<>();
    for (int i = 0; i < stops; i++) {
      plan.add(i % 2 == 0 ? StopKind.SIGTERM : StopKind.SIGKILL);
    }
    Collections.shuffle(plan, new Random(seed));
    return plan;
  }

  private static String value(String name, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return words.next();
  }

  private static int number(String name, String text, int min, int max) {
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, was %d".formatted(name, min, max, number));
    }
    return number;
  }
}
