package io.pagurus.s3;

import io.pagurus.OwnershipLostException;
import io.pagurus.StateCounter;
import io.pagurus.StateStore;

/**
 * An owner that counts all the time and says what was confirmed: {@code D n}. When it has lost the
 * store it says so, tries once more, and ends.
 */
final class Zombie {
  private Zombie() {}

  public static void main(String[] args) {
    try (StateStore store = StateStore.builder().url(args[0]).open()) {
      StateCounter counter = store.counter("count");
      System.out.println("READY");
      try {
        while (true) {
          long n = counter.increment();
          store.flush();
          System.out.println("D " + n);
        }
      } catch (OwnershipLostException e) {
        System.out.println("LOST " + store.status().state());
      }
      try {
        counter.increment();
        store.flush();
        System.out.println("AGAIN confirmed");
      } catch (OwnershipLostException e) {
        System.out.println("AGAIN refused");
      }
    }
    System.out.println("DONE");
  }
}
