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

  private static final Duration LIMIT = Duration.ofMinutes(30);

  private Fork() {}

  /** Runs {@code task} to its end. */
  static Answer run(Task task) throws IOException, InterruptedException {
    Path log = log(task);
    Process process = start(flags(task), Worker.class.getName(), task.arguments(), log);
    await(process, log);
    return take(task);
  }

  /** Runs {@code task} until it has left its answer, then kills it with SIGKILL. */
  static void runAndKill(Task task) throws IOException, InterruptedException {
    Path log = log(task);
    Process process = start(flags(task), Worker.class.getName(), task.arguments(), log);
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(task.answer())) {
      if (!process.isAlive() || System.nanoTime() > until) {
        process.destroyForcibly();
        throw new IllegalStateException("The fork left no answer:\n" + Files.readString(log));
      }
      Thread.sleep(5);
    }
    process.destroyForcibly().waitFor();
    take(task);
  }

  /** Runs {@code main} to its end; what it prints is printed. Returns its exit code. */
  static int run(List<String> flags, String main, List<String> arguments)
      throws IOException, InterruptedException {
    return new ProcessBuilder(command(flags, main, arguments)).inheritIO().start().waitFor();
  }

  private static List<String> flags(Task task) {
    List<String> flags = new ArrayList<>(JVM);
    flags.addAll(task.contestant().jvmFlags());
    flags.addAll(OffHeap.flags(task.url()));
    return flags;
  }

  private static Process start(List<String> flags, String main, List<String> arguments, Path log)
      throws IOException {
    return new ProcessBuilder(command(flags, main, arguments))
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

  private static void await(Process process, Path log) throws IOException, InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("The fork took too long:\n" + Files.readString(log));
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          "The fork ended with " + process.exitValue() + ":\n" + Files.readString(log));
    }
  }

  private static Path log(Task task) {
    return task.answer().resolveSibling("fork.log");
  }

  private static Answer take(Task task) throws IOException {
    Answer answer = Answer.read(task.answer());
    Files.delete(task.answer());
    return answer;
  }
}
