package io.pagurus.examples.survivor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for the real service, so that the driver can be tested by itself: everything in
 * memory, written as a whole to one file. What it does wrong is chosen by {@link Fault}.
 */
final class JournalOrders implements OrderService {
  /** What is broken. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** Replies do not wait for the file. */
    NOT_DURABLE,
    /** SIGTERM saves nothing. */
    NO_FINAL_SAVE,
    /** Idempotency keys are not looked at and half of the checkouts are not answered. */
    NO_IDEMPOTENCY,
    /** The turnover that is written is that before the newest order. */
    TORN
  }

  private final Path file;
  private final Fault fault;
  private final Found found;
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "writer");
            thread.setDaemon(true);
            return thread;
          });

  private final Map<String, Long> stock = new TreeMap<>();
  private final Map<String, Long> sold = new TreeMap<>();
  private final Map<String, Cart> carts = new TreeMap<>();
  private final Map<Long, Order> orders = new TreeMap<>();
  private final Map<String, Long> requests = new TreeMap<>();
  private long turnover;
  private long staleTurnover;
  private CompletableFuture<Void> nextWrite = new CompletableFuture<>();

  JournalOrders(Path file, Fault fault) throws IOException {
    this.file = file;
    this.fault = fault;
    boolean there = Files.exists(file);
    Path clean = file.resolveSibling("clean");
    this.found = new Found(!there, Files.deleteIfExists(clean));
    if (there) {
      load(Snapshot.parse(Files.readString(file)));
    } else {
      for (String product : Catalog.PRODUCTS) {
        stock.put(product, Catalog.INITIAL_STOCK);
        sold.put(product, 0L);
      }
      write();
    }
    boolean rarely = fault == Fault.NOT_DURABLE || fault == Fault.NO_FINAL_SAVE;
    long interval = rarely ? 1000 : 30;
    writer.scheduleWithFixedDelay(this::write, interval, interval, TimeUnit.MILLISECONDS);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    synchronized (this) {
                      if (fault != Fault.NO_FINAL_SAVE) {
                        write();
                      }
                      Files.writeString(clean, "");
                      Runtime.getRuntime().halt(StopKind.SIGTERM.exitCode);
                    }
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
  }

  private void load(Snapshot saved) {
    stock.putAll(saved.stock());
    sold.putAll(saved.sold());
    carts.putAll(saved.carts());
    orders.putAll(saved.orders());
    requests.putAll(saved.requests());
    turnover = saved.turnoverCents();
  }

  private void write() {
    try {
      CompletableFuture<Void> written;
      synchronized (this) {
        Path draft = file.resolveSibling("draft");
        Files.writeString(draft, snapshot().toText());
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        written = nextWrite;
        nextWrite = new CompletableFuture<>();
      }
      written.complete(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void addToCart(String session, long seq, String product, int quantity) {
    carts.merge(
        session,
        Cart.EMPTY.add(seq, product, quantity),
        (cart, one) -> cart.add(seq, product, quantity));
  }

  @Override
  public synchronized @Nullable Order checkout(String session, String key) {
    Long known = requests.get(key);
    if (known != null && fault != Fault.NO_IDEMPOTENCY) {
      return orders.get(known);
    }
    Cart cart = carts.getOrDefault(session, Cart.EMPTY);
    if (cart.items().isEmpty()) {
      return null;
    }
    Order order = new Order(orders.size(), key, session, Order.total(cart.items()), cart.items());
    cart.items()
        .forEach(
            (product, n) -> {
              stock.merge(product, (long) -n, Long::sum);
              sold.merge(product, (long) n, Long::sum);
            });
    orders.put(order.id(), order);
    requests.put(key, order.id());
    if (fault != Fault.NO_IDEMPOTENCY) {
      carts.put(session, cart.ordered());
    }
    staleTurnover = turnover;
    turnover += order.totalCents();
    return order;
  }

  @Override
  public synchronized CompletionStage<Void> durable() {
    if (fault == Fault.NO_IDEMPOTENCY && orders.size() % 2 == 0) {
      return CompletableFuture.failedFuture(new IOException("the answer is lost"));
    }
    return fault == Fault.NOT_DURABLE ? CompletableFuture.completedFuture(null) : nextWrite.copy();
  }

  @Override
  public synchronized long stock(String product) {
    return stock.getOrDefault(product, 0L);
  }

  @Override
  public Duration lossWindow() {
    return Duration.ofSeconds(2);
  }

  @Override
  public Found found() {
    return found;
  }

  @Override
  public synchronized Snapshot snapshot() {
    return new Snapshot(
        new TreeMap<>(stock),
        new TreeMap<>(sold),
        new TreeMap<>(carts),
        new TreeMap<>(orders),
        new TreeMap<>(requests),
        orders.size(),
        orders.size(),
        fault == Fault.TORN ? staleTurnover : turnover);
  }
}
