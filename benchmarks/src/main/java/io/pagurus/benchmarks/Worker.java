package io.pagurus.benchmarks;

/** The main class of a fork: runs one task and leaves its answer. */
final class Worker {
  private Worker() {}

  public static void main(String[] arguments) throws Exception {
    Task task = Task.parse(arguments);
    Answer answer = new Answer();
    task.scenario().run(task, answer);
    answer.write(task.answer());
  }
}
