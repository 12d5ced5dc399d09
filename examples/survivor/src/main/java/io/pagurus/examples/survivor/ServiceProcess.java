package io.pagurus.examples.survivor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service as a process of its own. */
final class ServiceProcess {
  private static final long START_TIMEOUT_SECONDS = 60;

  private final Process process;
  private final long startedAt;
  private final int port;

  private ServiceProcess(Process process, long startedAt, int port) {
    this.process = process;
    this.startedAt = startedAt;
    this.port = port;
  }

  /**
   * Starts {@code main} on the store at {@code url} and returns when it listens. Output goes to
   * {@code log}.
   *
   * @throws IOException when it ended instead, or did not listen in time; it is gone then
   */
  static ServiceProcess start(
      Class<?> main, String url, boolean holdReplies, Path directory, Path log)
      throws IOException, InterruptedException {
    Path portFile = directory.resolve("port");
    Files.deleteIfExists(portFile);
    long startedAt = System.nanoTime();
    Process process =
        new ProcessBuilder(command(main, url, portFile, holdReplies))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      return new ServiceProcess(process, startedAt, awaitPort(process, portFile));
    } catch (IOException | InterruptedException failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  private static List<String> command(
      Class<?> main, String url, Path portFile, boolean holdReplies) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("aws."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(options(main, url, portFile, holdReplies));
    return command;
  }

  private static List<String> options(
      Class<?> main, String url, Path portFile, boolean holdReplies) {
    return List.of(
        "-Xmx256m",
        "-XX:+UseSerialGC",
        // A life is a second or two: code that is compiled fast is worth more than fast code.
        "-XX:TieredStopAtLevel=1",
        // Without it each reply on a kept connection waits for a delayed acknowledgement: 40 ms.
        "-Dsun.net.httpserver.nodelay=true",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
        "-classpath",
        System.getProperty("java.class.path"),
        main.getName(),
        url,
        portFile.toString(),
        Boolean.toString(holdReplies));
  }

  private static int awaitPort(Process process, Path file)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_SECONDS);
    while (!Files.exists(file)) {
      if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
        throw new IOException("the service ended at start with exit code " + process.exitValue());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("the service did not listen in " + START_TIMEOUT_SECONDS + " s");
      }
    }
    return Integer.parseInt(Files.readString(file));
  }

  int port() {
    return port;
  }

  /** When the process was started, of {@code System.nanoTime}. */
  long startedAt() {
    return startedAt;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends the signal of {@code kind}; returns at once. */
  void signal(StopKind kind) {
    if (kind == StopKind.SIGTERM) {
      process.destroy();
    } else {
      process.destroyForcibly();
    }
  }

  /** Waits for the end; says whether it came in time. */
  boolean awaitEnd(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  int exitCode() {
    return process.exitValue();
  }

  /** Ends the process in any case. */
  void endNow() {
    process
        .destroyForcibly()
        .onExit()
        .orTimeout(5, TimeUnit.SECONDS)
        .exceptionally(e -> null)
        .join();
  }
}
