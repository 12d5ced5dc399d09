package io.pagurus.file;

import io.pagurus.Finding;
import io.pagurus.StateStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * Says what the doctor found about its process, and keeps something that only a stop saves.
 *
 * <p>Arguments: the URL, and {@code look} to say instead whether it was saved.
 */
final class StopService {
  private StopService() {}

  public static void main(String[] args) throws InterruptedException {
    String url = args[0];
    if (args.length > 1 && args[1].equals("look")) {
      try (StateStore store = StateStore.builder().url(url).readOnly(true).open()) {
        say("saved " + store.counter("count").get());
      }
      return;
    }
    StateStore store =
        StateStore.builder()
            .url(url)
            .commitInterval(Duration.ofHours(1)) // only a stop commits
            .doctorAccepts("commit-interval-too-long", "store-not-on-a-volume")
            .open();
    store.counter("count").add(1);
    List<Finding> findings = store.status().findings();
    String ids = findings.stream().map(Finding::id).collect(Collectors.joining(","));
    say("findings " + (ids.isEmpty() ? "none" : ids));
    say("ready");
    new CountDownLatch(1).await();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
