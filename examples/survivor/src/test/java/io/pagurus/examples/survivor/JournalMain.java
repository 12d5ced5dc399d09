package io.pagurus.examples.survivor;

import io.pagurus.examples.survivor.JournalOrders.Fault;
import java.io.IOException;
import java.nio.file.Path;

/** The stand-in as a process; its store URL is the fault, a colon and the path. */
final class JournalMain {
  private JournalMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    ServiceMain.endWithParent();
    int colon = args[0].indexOf(':');
    Fault fault = Fault.valueOf(args[0].substring(0, colon));
    ServiceMain.serve(new JournalOrders(Path.of(args[0].substring(colon + 1)), fault), args);
  }
}
