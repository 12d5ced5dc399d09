package io.pagurus.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between a client and a server: a proxy on a free loopback port whose behaviour can
 * be changed while connections are open. The most telling one is {@link #swallowRepliesAfter}: the
 * server commits, the client hears nothing.
 *
 * <p>Each mode replaces the one before; {@link #pass} heals. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
  /** Which way bytes flow. */
  public enum Direction {
    /** Requests. */
    TO_SERVER,
    /** Replies. */
    TO_CLIENT
  }

  private final InetSocketAddress target;
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();

  /** Also those that have ended: their threads may still be on their way out. */
  private final Queue<ProxiedConnection> everMade = new ConcurrentLinkedQueue<>();

  private final NetworkFault fault = new NetworkFault();
  private final int port;

  @GuardedBy("this")
  private @Nullable ServerSocket listener;

  @GuardedBy("this")
  private final List<Thread> acceptors = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  private TcpProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    synchronized (this) {
      this.port = listen(0);
    }
  }

  /** A proxy in front of {@code port} on the loopback interface. */
  public static TcpProxy to(int port) {
    return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** A proxy in front of {@code target}. */
  public static TcpProxy to(InetSocketAddress target) {
    try {
      return new TcpProxy(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port that clients connect to, on the loopback interface. */
  public int port() {
    return port;
  }

  /** How many connections are open. */
  public int connections() {
    return connections.size();
  }

  // ---- modes ----------------------------------------------------------------------------------

  /**
   * Everything passes. What a black hole held back flows on; a connection that has lost bytes is
   * reset, because both ends would misunderstand each other from then on.
   */
  public void pass() {
    set(NetworkFault.Mode.PASS);
  }

  /** Every piece of data waits for {@code delay} in each direction. */
  public void delay(Duration delay) {
    fault.delay(delay);
    set(NetworkFault.Mode.DELAY);
  }

  /** Nothing passes, nothing ends: connections stay open and silent, new ones too. */
  public void blackHole() {
    set(NetworkFault.Mode.BLACK_HOLE);
  }

  /** New connections are refused; those that are open go on. */
  public synchronized void refuse() {
    set(NetworkFault.Mode.PASS);
    stopListening();
  }

  /** All connections are reset, and each new one at once. */
  public void reset() {
    set(NetworkFault.Mode.RESET);
    connections.forEach(ProxiedConnection::reset);
  }

  /** After {@code bytes} more in {@code direction}, all connections together, that one is reset. */
  public void cutAfter(Direction direction, long bytes) {
    fault.cut(direction, bytes);
    set(NetworkFault.Mode.CUT);
  }

  /** Requests pass; what the server answers from now on gets lost. */
  public void swallowReplies() {
    set(NetworkFault.Mode.SWALLOW);
  }

  /**
   * All passes until a request contains {@code trigger}: that request still passes, but on its
   * connection the answer, and all that follow, get lost. Other connections are not touched.
   */
  public void swallowRepliesAfter(byte[] trigger) {
    fault.trigger(trigger);
    set(NetworkFault.Mode.SWALLOW_AFTER_TRIGGER);
  }

  /** How many connections have lost bytes since the mode was set. */
  public long swallowing() {
    return connections.stream().filter(ProxiedConnection::hasLostBytes).count();
  }

  private synchronized void set(NetworkFault.Mode mode) {
    if (closed) {
      throw new IllegalStateException("The proxy is closed");
    }
    fault.set(mode);
    if (mode != NetworkFault.Mode.SWALLOW && mode != NetworkFault.Mode.BLACK_HOLE) {
      connections.stream()
          .filter(ProxiedConnection::hasLostBytes)
          .forEach(ProxiedConnection::reset);
    }
    if (listener == null) {
      try {
        listen(port);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot listen on port " + port + " again", e);
      }
    }
  }

  // ---- accepting --------------------------------------------------------------------------------

  @GuardedBy("this")
  private int listen(int wanted) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
    listener = socket;
    Thread acceptor = new Thread(() -> accept(socket), "tcp-proxy-" + socket.getLocalPort());
    acceptor.setDaemon(true);
    acceptors.add(acceptor);
    acceptor.start();
    return socket.getLocalPort();
  }

  @GuardedBy("this")
  private void stopListening() {
    if (listener == null) {
      return;
    }
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    listener = null;
    acceptors.forEach(TcpProxy::join); // the last one in accept() is who really closes the socket
    acceptors.clear();
  }

  private void accept(ServerSocket socket) {
    while (true) {
      Socket client;
      try {
        client = socket.accept();
      } catch (IOException closedByUs) {
        return;
      }
      ProxiedConnection connection = new ProxiedConnection(client, target, fault, connections);
      connections.add(connection);
      everMade.add(connection);
      connection.start();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      stopListening();
    }
    fault.set(NetworkFault.Mode.RESET);
    everMade.forEach(ProxiedConnection::close);
  }

  static void join(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while closing the proxy", e);
    }
    if (thread.isAlive()) {
      throw new AssertionError(thread.getName() + " does not end");
    }
  }
}
