package io.pagurus.examples.survivor;

import java.io.Console;
import java.io.PrintStream;

/** One line that is rewritten on a terminal; elsewhere only finished lines. Not thread-safe. */
final class Progress {
  private final PrintStream out;
  private final boolean terminal;
  private int shown;

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  static Progress ofSystem() {
    return new Progress(System.out, isTerminal());
  }

  /** Shows {@code text} until the next call. */
  void status(String text) {
    if (terminal) {
      out.print("\r" + pad(text));
      out.flush();
      shown = text.length();
    }
  }

  /** Prints {@code text} to stay. */
  void line(String text) {
    out.println(terminal ? "\r" + pad(text) : text);
    out.flush();
    shown = 0;
  }

  private String pad(String text) {
    return text + " ".repeat(Math.max(0, shown - text.length()));
  }

  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Since Java 22 there is a console without a terminal, too, and a method that tells.
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException olderJava) {
      return true;
    }
  }
}
