package io.pagurus.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A main class in a JVM of its own, to be killed. The test talks to it in lines: its standard
 * output is awaited line by line, its standard input takes commands. What it writes to standard
 * error is kept for the message of a failure.
 *
 * <p>{@link #close} ends the process whatever it is doing. Thread-safe, but one thread at a time
 * should await lines.
 */
public final class ForkedJvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int KEPT_LINES = 2_000;

  /** A signal that POSIX systems know. */
  public enum Signal {
    /** Ends the process on the spot: nothing of it runs any more. */
    KILL(0),
    /** Asks it to stop, as a container platform does. */
    TERM(15),
    /** Asks it to stop, as Ctrl-C does. */
    INT(2),
    /** Asks it to stop, as the end of a terminal does. */
    HUP(1),
    /** Freezes it: the way to make a zombie owner. */
    STOP(0),
    /** Lets it go on. */
    CONT(0);

    private final int number;

    Signal(int number) {
      this.number = number;
    }

    /** The number of a signal that a process may ignore; 0 for the others. */
    int number() {
      return number;
    }
  }

  private final Process process;
  private final List<Thread> readers = new ArrayList<>();
  private final BufferedWriter input;

  /** Lines of standard output that nobody has awaited yet. */
  @GuardedBy("this")
  private final Deque<String> lines = new ArrayDeque<>();

  /** The last lines of both outputs, for messages. */
  @GuardedBy("this")
  private final Deque<String> transcript = new ArrayDeque<>();

  @GuardedBy("this")
  private final StringBuilder stderr = new StringBuilder();

  @GuardedBy("this")
  private boolean outputEnded;

  private ForkedJvm(Process process) {
    this.process = process;
    this.input =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    read(process.getInputStream(), "out");
    read(process.getErrorStream(), "err");
  }

  /** Settings for a JVM that runs {@code main} with the class path of this one. */
  public static Builder of(Class<?> main) {
    return new Builder(main.getName());
  }

  /** Settings of a {@link ForkedJvm}. Not thread-safe. */
  public static final class Builder {
    private final String mainClass;
    private final List<String> jvmArgs = new ArrayList<>();
    private final List<String> args = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private Path javaHome = Path.of(System.getProperty("java.home"));
    private String classPath = System.getProperty("java.class.path");
    private @Nullable Path directory;
    private List<String> wrapper = List.of();

    private Builder(String mainClass) {
      this.mainClass = mainClass;
    }

    /** The Java to run with; default: the one of this JVM. */
    public Builder javaHome(Path home) {
      this.javaHome = home;
      return this;
    }

    /** The class path; default: the one of this JVM. */
    public Builder classPath(String path) {
      this.classPath = path;
      return this;
    }

    /** Adds arguments for the JVM. */
    public Builder jvmArgs(String... more) {
      jvmArgs.addAll(Arrays.asList(more));
      return this;
    }

    /** Adds arguments for the main class. */
    public Builder args(String... more) {
      args.addAll(Arrays.asList(more));
      return this;
    }

    /** Sets an environment variable. */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** The working directory; default: the one of this JVM. */
    public Builder directory(Path path) {
      this.directory = path;
      return this;
    }

    /** A command to run the JVM under, for example {@code strace -f ...}. It gets the signals. */
    public Builder under(String... command) {
      this.wrapper = List.of(command);
      return this;
    }

    /** Starts it. */
    public ForkedJvm start() {
      List<String> command = new ArrayList<>(wrapper);
      command.add(javaHome.resolve("bin").resolve("java").toString());
      command.addAll(jvmArgs);
      command.add("-cp");
      command.add(classPath);
      command.add(mainClass);
      command.addAll(args);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      if (directory != null) {
        builder.directory(directory.toFile());
      }
      try {
        return new ForkedJvm(builder.start());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot start " + command, e);
      }
    }
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Writes a line to its standard input. */
  public void send(String line) {
    try {
      synchronized (input) {
        input.write(line);
        input.newLine();
        input.flush();
      }
    } catch (IOException e) {
      throw failure("It does not take the line \"" + line + "\" any more: " + e);
    }
  }

  /** Waits for the line {@code expected} and drops those before it. */
  public void await(String expected) {
    awaitLine(expected::equals, "the line \"" + expected + "\"", PATIENCE);
  }

  /**
   * Waits for a line that begins with {@code prefix}, drops those before it and returns the rest.
   */
  public String awaitPrefix(String prefix) {
    return awaitPrefix(prefix, PATIENCE);
  }

  /** As above, for longer work. */
  public String awaitPrefix(String prefix, Duration patience) {
    return awaitLine(
            line -> line.startsWith(prefix), "a line beginning with \"" + prefix + "\"", patience)
        .substring(prefix.length());
  }

  /**
   * Waits for a line that {@code matches}, drops those before it and returns it.
   *
   * @param what what is awaited, for the message
   * @throws AssertionError when the output ends or the time is over; shows what came instead
   */
  public synchronized String awaitLine(Predicate<String> matches, String what, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      String line;
      while ((line = lines.poll()) != null) {
        if (matches.test(line)) {
          return line;
        }
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (outputEnded || left <= 0) {
        throw failure(
            "No " + what + (outputEnded ? " until its output ended" : " within " + patience));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure("Interrupted while waiting for " + what);
      }
    }
  }

  /** The lines of standard output that came since the last one awaited, and takes them. */
  public synchronized List<String> takeLines() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }

  /**
   * Sends a signal. For {@link Signal#KILL}, {@link #awaitExit} tells when it is gone. A test whose
   * process was started with that signal ignored is not run, and standard error says so.
   */
  public void signal(Signal signal) {
    if (signal == Signal.KILL) {
      process.destroyForcibly();
      return;
    }
    Machine.needsSignal(process.pid(), signal);
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal.name(), Long.toString(process.pid()))
              .redirectErrorStream(true)
              .start();
      String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (kill.waitFor() != 0) {
        throw failure("kill -" + signal + " failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("Interrupted while sending " + signal);
    }
  }

  /** Kills it, first what it has started (it may run under another command), and waits. */
  public void kill() {
    process
        .descendants()
        .forEach(
            child -> {
              child.destroyForcibly();
              child.onExit().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
            });
    signal(Signal.KILL);
    awaitExit(PATIENCE);
  }

  /**
   * Waits for its end and returns the exit code; 128 plus the number of the signal that ended it.
   * All it wrote can be read then.
   */
  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure("It has not ended within " + patience);
      }
      for (Thread reader : readers) {
        reader.join(PATIENCE.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("Interrupted while waiting for its end");
    }
    return process.exitValue();
  }

  /** All it has written to standard error. */
  public synchronized String stderr() {
    return stderr.toString();
  }

  @Override
  public void close() {
    kill();
  }

  private void read(InputStream stream, String name) {
    Thread reader =
        new Thread(() -> readAll(stream, name), "forked-jvm-" + process.pid() + "-" + name);
    reader.setDaemon(true);
    readers.add(reader);
    reader.start();
  }

  private void readAll(InputStream stream, String name) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      String line;
      while ((line = reader.readLine()) != null) {
        keep(name, line);
      }
    } catch (IOException e) {
      keep("err", "[output is no longer read: " + e + "]"); // the usual end of a killed process
    } finally {
      ended(name);
    }
  }

  private synchronized void keep(String name, String line) {
    if (name.equals("out")) {
      lines.add(line);
    } else {
      stderr.append(line).append('\n');
    }
    transcript.add(name + "> " + line);
    if (transcript.size() > KEPT_LINES) {
      transcript.poll();
    }
    notifyAll();
  }

  private synchronized void ended(String name) {
    if (name.equals("out")) {
      outputEnded = true;
      notifyAll();
    }
  }

  private AssertionError failure(String what) {
    synchronized (this) {
      return new AssertionError(
          what
              + "\nProcess "
              + process.pid()
              + (process.isAlive() ? " is alive" : " ended with " + process.exitValue())
              + ", it wrote:\n"
              + String.join("\n", transcript));
    }
  }
}
