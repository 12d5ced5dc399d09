package io.pagurus.file;

import io.pagurus.OwnershipPolicy;
import io.pagurus.StateException;
import io.pagurus.internal.log.Tip;
import java.nio.file.Path;
import java.time.Duration;

/** A process that owns epochs: {@code root epoch policy}, then it holds on until a line comes. */
final class LockMain {
  private LockMain() {}

  public static void main(String[] args) throws Exception {
    long epoch = Long.parseLong(args[1]);
    OwnerLocks locks = OwnerLocks.in(Path.of(args[0]), "file:test", () -> {});
    try {
      Tip tip =
          locks.await(
              Locks.looking(epoch),
              Locks.request(OwnershipPolicy.valueOf(args[2]), Duration.ofSeconds(20)));
      locks.owning(tip.epoch() + 1);
      System.out.println("owning " + (tip.epoch() + 1));
    } catch (StateException e) {
      System.out.println("refused " + e.getMessage());
    }
    while (System.in.read() != '\n') {
      continue;
    }
    locks.close();
    System.out.println("closed");
    while (System.in.read() != '\n') {
      continue;
    }
  }
}
