package io.pagurus.examples.survivor;

import io.pagurus.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The service process: opens the store, serves, and has no code at all for its own end. */
final class ServiceMain {
  private static final int THREADS = 16;

  private ServiceMain() {}

  /**
   * Arguments: the store's URL, the file that receives the port, whether replies to checkouts are
   * held until they are durable.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    endWithParent();
    StateStore store = StateStore.open(args[0]);
    serve(new PagurusOrders(store), args);
  }

  /** Serves until the process ends. */
  static void serve(OrderService orders, String[] args) throws IOException, InterruptedException {
    AtomicInteger count = new AtomicInteger();
    ExecutorService pool =
        Executors.newFixedThreadPool(THREADS, work -> HttpFront.worker(work, count));
    HttpFront front = HttpFront.start(orders, Boolean.parseBoolean(args[2]), pool);
    publish(Path.of(args[1]), front.port());
    new CountDownLatch(1).await();
  }

  /** A driver that was killed must not leave a service behind. */
  static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
  }

  private static void publish(Path file, int port) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, Integer.toString(port));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
