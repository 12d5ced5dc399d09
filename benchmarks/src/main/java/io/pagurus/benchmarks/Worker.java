package io.pagurus.benchmarks;

/** The main class of a fork: runs one task and leaves its answer. */
final class Worker {
  /** How a fork ends whose heap was too small. */
  static final int OUT_OF_MEMORY = 3;

  private Worker() {}

  public static void main(String[] arguments) {
    try {
      Task task = Task.parse(arguments);
      Answer answer = new Answer();
      task.scenario().run(task, task.workload().shape, answer);
      answer.write(task.answer());
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      // Threads of a store left open would keep the fork alive.
      Runtime.getRuntime().halt(failure instanceof OutOfMemoryError ? OUT_OF_MEMORY : 1);
    }
  }
}
