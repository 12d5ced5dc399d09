package io.pagurus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own. */
final class Fork {
  /** What every peer gets. */
  static final List<String> JVM = List.of("-Xmx4g", "-XX:+UseG1GC");

  private Fork() {}

  /**
   * Runs {@code task} to its end.
   *
   * @throws ForkException if it fails, runs out of memory or takes longer than {@code limit}
   */
  static Answer run(Task task, Duration limit) throws IOException, InterruptedException {
    return run(
        task.contestant().jvmFlags, Worker.class.getName(), task.arguments(), task.answer(), limit);
  }

  /** Runs {@code main}, which leaves its figures in {@code answer}. */
  static Answer run(
      List<String> flags, String main, List<String> arguments, Path answer, Duration limit)
      throws IOException, InterruptedException {
    Path log = log(answer);
    Process process = start(flags, main, arguments, log);
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new ForkException("took more than " + limit.toMinutes() + " minutes", log);
    }
    if (process.exitValue() == Worker.OUT_OF_MEMORY) {
      throw new ForkException("ran out of memory with " + String.join(" ", JVM), log);
    }
    if (process.exitValue() != 0) {
      throw new ForkException("ended with " + process.exitValue(), log);
    }
    return take(answer);
  }

  /** Runs {@code task} until it has left its answer, then kills it with SIGKILL. */
  static void runAndKill(Task task, Duration limit) throws IOException, InterruptedException {
    Path log = log(task.answer());
    Process process =
        start(task.contestant().jvmFlags, Worker.class.getName(), task.arguments(), log);
    long until = System.nanoTime() + limit.toNanos();
    while (!Files.exists(task.answer())) {
      if (!process.isAlive() || System.nanoTime() > until) {
        process.destroyForcibly().waitFor();
        throw new ForkException("left no answer", log);
      }
      Thread.sleep(5);
    }
    process.destroyForcibly().waitFor();
    take(task.answer());
  }

  /** Runs {@code main} to its end; what it prints is printed. Returns its exit code. */
  static int run(List<String> flags, String main, List<String> arguments)
      throws IOException, InterruptedException {
    return new ProcessBuilder(command(flags, main, arguments)).inheritIO().start().waitFor();
  }

  private static Process start(List<String> flags, String main, List<String> arguments, Path log)
      throws IOException {
    List<String> all = new ArrayList<>(JVM);
    all.addAll(flags);
    return new ProcessBuilder(command(all, main, arguments))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static List<String> command(List<String> flags, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    return command;
  }

  private static Path log(Path answer) {
    return answer.resolveSibling("fork.log");
  }

  private static Answer take(Path file) throws IOException {
    Answer answer = Answer.read(file);
    Files.delete(file);
    return answer;
  }
}
