package io.pagurus.file;

import io.pagurus.StateMap;
import io.pagurus.StateStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owner that is frozen in the middle of a commit: it says {@code INSIDE} when it has come to the
 * step of its argument, and waits there for a line. Afterwards it says what became of it.
 */
final class FrozenOwner {
  private FrozenOwner() {}

  public static void main(String[] args) throws Exception {
    FreezingFiles files = new FreezingFiles();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    AtomicInteger callbacks = new AtomicInteger();
    CompletableFuture<Void> lost = new CompletableFuture<>();
    StateStore store =
        StateStore.builder()
            .url(args[0])
            .backend(files)
            .onOwnershipLost(
                e -> {
                  callbacks.incrementAndGet();
                  lost.complete(null);
                })
            .open();
    StateMap<String, String> map = store.map("map", String.class, String.class);
    map.put("key", "before");
    store.flush();
    System.out.println("READY");
    files.beforeNext(
        FreezingFiles.Step.valueOf(args[1]),
        () -> {
          System.out.println("INSIDE");
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
