package io.pagurus.examples.survivor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the service, the clients and the stops, and audits after each restart. One run per instance;
 * {@link #abandon} may be called by another thread.
 */
final class Driver {
  private static final long TERM_TIMEOUT_SECONDS = 15;
  private static final long MIN_TRAFFIC_MILLIS = 300;

  /** What a life has to answer before it is stopped, however slow the machine is. */
  private static final long MIN_ACKNOWLEDGED = 60;

  private static final long MAX_EXTRA_MILLIS = 10_000;

  /** How long before every second stop, or so, the clients only fill carts. */
  private static final long CARTS_ONLY_MILLIS = 200;

  private final Options options;
  private final String storage;
  private final Class<?> service;
  private final Path directory;
  private final Progress progress;
  private final Ledger ledger = new Ledger();
  private final Traffic traffic;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Random random;
  private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
  private final Map<StopKind, Tally> tallies = new EnumMap<>(StopKind.class);
  private final List<Thread> threads = new ArrayList<>();

  private volatile @Nullable ServiceProcess running;
  private int lives;
  private long betweenMillis = 1500;

  /**
   * A run on one storage; {@code service} is the main class of the service, {@link ServiceMain} but
   * for tests.
   */
  Driver(Options options, String storage, Class<?> service, Path directory, Progress progress) {
    this.storage = storage;
    this.service = service;
    this.options = options;
    this.directory = directory;
    this.progress = progress;
    this.traffic = new Traffic(options.clients());
    this.random = new Random(options.seed());
  }

  Path log() {
    return directory.resolve("service.log");
  }

  /** Where the state is kept. */
  String url() {
    return storage.endsWith(":") ? storage + directory.resolve("shop") : storage;
  }

  Outcome run() throws InterruptedException {
    for (StopKind kind : StopKind.values()) {
      tallies.put(kind, new Tally());
    }
    try {
      allStops();
    } catch (IOException | TimeoutException broken) {
      findings.add(new Finding(Finding.Kind.PROCESS, broken.toString()));
    } finally {
      traffic.end();
      abandon();
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(20));
      }
    }
    return new Outcome(tallies, List.copyOf(findings));
  }

  /** Ends the service at once. */
  void abandon() {
    ServiceProcess process = running;
    if (process != null) {
      process.endNow();
    }
  }

  private void allStops() throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
    progress.status("starting the service");
    Life life = start();
    if (!new ServiceClient(http, life).created()) {
      throw new IOException("there is state at " + url() + " already; this needs an empty place");
    }
    startClients();
    List<StopKind> plan = options.plan();
    for (int i = 0; i < plan.size() && findings.size() < 20; i++) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      long share = Math.max(MIN_TRAFFIC_MILLIS, left / (plan.size() - i) - betweenMillis);
      long millis = share / 2 + random.nextLong(share);
      life = stopAndAudit("%2d/%d".formatted(i + 1, plan.size()), life, plan.get(i), millis);
    }
    stop(StopKind.SIGTERM);
    if (tallies.values().stream().anyMatch(t -> t.stops > 0 && t.confirmed + t.async == 0)) {
      findings.add(
          new Finding(Finding.Kind.PROCESS, "no request was acknowledged: nothing was tested"));
    }
  }

  private Life start() throws IOException, InterruptedException {
    ServiceProcess process =
        ServiceProcess.start(service, url(), options.holdReplies(), directory, log());
    running = process;
    return new Life(++lives, process.port());
  }

  private void startClients() {
    for (int i = 1; i <= options.clients(); i++) {
      Client client = new Client("c" + i, traffic, ledger, http, options.seed() + i, findings::add);
      Thread thread = new Thread(client, "client-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** Lets the clients work, stops the service under them, restarts and audits it. */
  private Life stopAndAudit(String round, Life life, StopKind kind, long millis)
      throws IOException, InterruptedException, TimeoutException {
    traffic.open(life);
    work(round, life, kind, millis);
    long signalledAtMicros = HttpFront.micros(Instant.now());
    long stopMicros = stop(kind);
    long between = System.nanoTime();
    traffic.close();
    traffic.awaitQuiet(Client.ANSWER_TIMEOUT.toSeconds() + 5);

    progress.status("%s %s  restarting".formatted(round, kind));
    Life next = start();
    ServiceClient questions = new ServiceClient(http, next);
    questions.firstRead();
    long firstReadMicros = (System.nanoTime() - running().startedAt()) / 1000;
    Stop stop =
        new Stop(
            kind,
            signalledAtMicros,
            life.statedWindowMicros(),
            life.silentMicros(signalledAtMicros));
    AuditResult audit = audit(questions, stop);
    tally(kind).add(life, stop, stopMicros, firstReadMicros, audit);
    betweenMillis =
        (betweenMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - between)) / 2;
    progress.line(summary(round, life, stop, stopMicros, firstReadMicros, audit));
    return next;
  }

  private void work(String round, Life life, StopKind kind, long millis)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean cartsOnlyAtTheEnd = random.nextBoolean();
    long left = millis;
    while (left > 0 || (left > -MAX_EXTRA_MILLIS && life.acknowledged() < MIN_ACKNOWLEDGED)) {
      progress.status(
          "%s %s in %.1f s  %,d requests, %,d confirmed, %,d async"
              .formatted(
                  round,
                  kind,
                  Math.max(0, left) / 1000.0,
                  life.requests.get(),
                  life.checkoutsConfirmed.get(),
                  life.additionsAcknowledged.get()));
      life.cartsOnly =
          cartsOnlyAtTheEnd
              && left <= CARTS_ONLY_MILLIS
              && life.acknowledged() > MIN_ACKNOWLEDGED / 2;
      Thread.sleep(left > 0 ? Math.min(50, left) : 10);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    if (!running().isAlive()) {
      throw new IOException("the service ended by itself with exit code " + running().exitCode());
    }
  }

  /** Returns how long the end took, in microseconds. */
  private long stop(StopKind kind) throws InterruptedException {
    ServiceProcess process = running();
    long start = System.nanoTime();
    process.signal(kind);
    if (!process.awaitEnd(TERM_TIMEOUT_SECONDS)) {
      findings.add(
          new Finding(
              Finding.Kind.PROCESS,
              "still there %d s after %s".formatted(TERM_TIMEOUT_SECONDS, kind)));
      process.endNow();
    } else if (process.exitCode() != kind.exitCode) {
      findings.add(
          new Finding(
              Finding.Kind.PROCESS,
              "%s ended with exit code %d, not %d"
                  .formatted(kind, process.exitCode(), kind.exitCode)));
    }
    return (System.nanoTime() - start) / 1000;
  }

  private AuditResult audit(ServiceClient questions, Stop stop)
      throws IOException, InterruptedException {
    boolean clean = questions.cleanStop();
    if (clean != (stop.kind() == StopKind.SIGTERM)) {
      findings.add(
          new Finding(
              Finding.Kind.PROCESS,
              "after %s the restart reports clean=%s".formatted(stop.kind(), clean)));
    }
    Snapshot found = questions.snapshot();
    AuditResult result = Audit.run(ledger, found, stop);
    ledger.settle(found);
    findings.addAll(result.findings());
    return result;
  }

  private static String summary(
      String round, Life life, Stop stop, long stopMicros, long firstRead, AuditResult audit) {
    return "%s %s %,6d requests  confirmed %,5d lost %d  async %,6d lost %d (%.1f of %.1f ms)  stop %,d ms  read %,d ms%s"
        .formatted(
            round,
            stop.kind(),
            life.requests.get(),
            life.checkoutsConfirmed.get(),
            audit.count(Finding.Kind.CONFIRMED_LOST),
            life.additionsAcknowledged.get(),
            audit.asyncLost(),
            audit.lossMicros() / 1000.0,
            stop.allowedMicros() / 1000.0,
            stopMicros / 1000,
            firstRead / 1000,
            audit.findings().isEmpty() ? "" : "  BROKEN: " + audit.findings().get(0));
  }

  private ServiceProcess running() {
    ServiceProcess process = running;
    if (process == null) {
      throw new IllegalStateException("the service was not started");
    }
    return process;
  }

  private Tally tally(StopKind kind) {
    return tallies.computeIfAbsent(kind, k -> new Tally());
  }
}
