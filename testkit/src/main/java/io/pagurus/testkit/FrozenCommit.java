package io.pagurus.testkit;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The life of an owner, in a process of its own, that is frozen in the middle of a commit: it says
 * {@code READY}, then {@code INSIDE} when its commit has come to where the storage holds it, and
 * waits there for a line. Afterwards it says what became of it.
 */
public final class FrozenCommit {
  private FrozenCommit() {}

  /**
   * Lives it, on standard input and output.
   *
   * @param builder opens the store
   * @param beforeNext lets the storage run an action in the middle of the next commit
   * @throws Exception when something else happens than what is to be shown
   */
  public static void live(StateStoreBuilder builder, Consumer<Runnable> beforeNext)
      throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    AtomicInteger callbacks = new AtomicInteger();
    CompletableFuture<Void> lost = new CompletableFuture<>();
    StateStore store =
        builder
            .onOwnershipLost(
                e -> {
                  callbacks.incrementAndGet();
                  lost.complete(null);
                })
            .open();
    StateMap<String, String> map = store.map("map", String.class, String.class);
    map.put("key", "before");
    store.flush();
    say("READY");
    beforeNext.accept(
        () -> {
          say("INSIDE");
          say("GOES ON " + readLine(in));
        });
    map.put("key", "zombie");
    say("COMMIT " + outcome(() -> store.whenDurable().toCompletableFuture().join()));
    lost.get(30, TimeUnit.SECONDS);
    say("PUT " + outcome(() -> map.put("key", "again")));
    say("FLUSH " + outcome(store::flush));
    say("UPDATE " + outcome(() -> store.update(() -> map.put("key", "block"))));
    say("VERIFY " + outcome(store::verifyOwnership));
    say("STATE " + store.status().state());
    say("CLOSE " + outcome(store::close));
    say("CALLBACKS " + callbacks.get());
  }

  private static String outcome(Runnable action) {
    try {
      action.run();
      return "done";
    } catch (CompletionException e) {
      return String.valueOf(e.getCause() == null ? e : e.getCause().getClass().getSimpleName());
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private static String readLine(BufferedReader in) {
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
