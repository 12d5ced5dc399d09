package io.pagurus.benchmarks;

/** The main class of a fork: runs one task and leaves its answer. */
final class Worker {
  private Worker() {}

  public static void main(String[] arguments) {
    try {
      Task task = Task.parse(arguments);
      Answer answer = new Answer();
      task.scenario().run(task, answer);
      answer.write(task.answer());
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1); // threads of a store left open would keep the fork alive
    }
  }
}
