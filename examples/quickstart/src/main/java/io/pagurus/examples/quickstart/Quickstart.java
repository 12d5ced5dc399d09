package io.pagurus.examples.quickstart;

import io.pagurus.State;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.Stateful;

/** Run it twice: the second run finds what the first one left. */
@Stateful("quickstart")
public final class Quickstart {
  @State int runs; // a plain field: change it inside update
  @State StateMap<String, Integer> visits; // a live map: kept entry by entry

  public static void main(String[] args) {
    try (StateStore store = StateStore.open("jdbc:h2:./data/quickstart")) {
      Quickstart state = store.bind(new Quickstart());
      System.out.println("found:  " + state.runs + " runs, visits " + state.visits.asMap());

      store.update(
          () -> { // both or neither, in one commit
            state.runs++;
            state.visits.merge("home", 10, Integer::sum);
          });
      System.out.println("leaves: " + state.runs + " runs, visits " + state.visits.asMap());
    } // close() commits; SIGTERM does the same
  }
}
