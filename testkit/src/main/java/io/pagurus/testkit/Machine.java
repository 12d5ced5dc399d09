package io.pagurus.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** Commands of the operating system, and what a test needs of them. */
public final class Machine {
  private Machine() {}

  /**
   * Goes on when this is Linux, the user is root and all {@code tools} are there. Else the test is
   * not run, and standard error says so.
   */
  public static void needsRootAnd(String... tools) {
    List<String> missing = new ArrayList<>();
    if (!System.getProperty("os.name", "").equals("Linux")) {
      missing.add("Linux");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add("root");
    }
    Arrays.stream(tools).filter(tool -> !isInstalled(tool)).forEach(missing::add);
    need(missing);
  }

  /** As {@link #needsRootAnd}, and this root may mount: not every container lets it. */
  public static void needsMounts(Path directory) {
    List<String> missing = new ArrayList<>();
    if (!System.getProperty("os.name", "").equals("Linux")) {
      missing.add("Linux");
    } else if (tryToRun("mount", "-t", "tmpfs", "tmpfs", directory.toString()).exit() != 0) {
      missing.add("the right to mount");
    } else {
      run("umount", directory.toString());
    }
    need(missing);
  }

  /**
   * Goes on unless the process was started with that signal ignored, as a shell does with SIGINT
   * and SIGHUP for what runs in its background: a JVM leaves them ignored then.
   */
  static void needsSignal(long pid, ForkedJvm.Signal signal) {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
    if (signal.number() == 0 || !Files.isReadable(status)) {
      return;
    }
    try (Stream<String> lines = Files.lines(status)) {
      boolean ignored =
          lines
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .anyMatch(mask -> (mask >>> (signal.number() - 1) & 1) == 1);
      if (ignored) {
        need(List.of("a shell that does not ignore SIG" + signal));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void need(List<String> missing) {
    if (!missing.isEmpty()) {
      String test =
          StackWalker.getInstance()
              .walk(frames -> frames.filter(Machine::isTest).findFirst())
              .map(frame -> frame.getClassName() + "." + frame.getMethodName())
              .orElse("a test");
      String why = "NOT RUN: " + test + " needs " + missing + ", see docs/testing.md";
      System.err.println(why);
      throw new TestAbortedException(why);
    }
  }

  private static boolean isTest(StackWalker.StackFrame frame) {
    return !frame.getClassName().equals(Machine.class.getName())
        && !frame.getClassName().equals(ForkedJvm.class.getName());
  }

  private static boolean isInstalled(String tool) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
  }

  /** Runs a command that must succeed. */
  public static void run(String... command) {
    Result result = tryToRun(command);
    if (result.exit() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed: " + result.output());
    }
  }

  /** What became of a command, and all it wrote. */
  public record Result(int exit, String output) {}

  /** Runs a command that may fail. */
  public static Result tryToRun(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while running " + String.join(" ", command), e);
    }
  }
}
