package io.pagurus.testkit;

import io.pagurus.testkit.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection through a {@link TcpProxy}, with a thread for each direction.
 *
 * <p>Thread-safe: whoever ends it first closes both sockets, and the threads follow.
 */
final class ProxiedConnection {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final Socket client;
  private final Socket server = new Socket();
  private final InetSocketAddress target;
  private final NetworkFault fault;
  private final Collection<ProxiedConnection> connections;
  private final RequestTail tail = new RequestTail();
  private final Thread requests;
  private final Thread replies;
  private final AtomicInteger endedDirections = new AtomicInteger();
  private volatile boolean lostBytes;

  ProxiedConnection(
      Socket client,
      InetSocketAddress target,
      NetworkFault fault,
      Collection<ProxiedConnection> connections) {
    this.client = client;
    this.target = target;
    this.fault = fault;
    this.connections = connections;
    String name = "tcp-proxy-" + client.getLocalPort() + "-" + client.getPort();
    this.requests = new Thread(this::connectAndPump, name + "-requests");
    this.replies = new Thread(() -> pump(server, client, Direction.TO_CLIENT), name + "-replies");
    requests.setDaemon(true);
    replies.setDaemon(true);
  }

  void start() {
    requests.start();
  }

  boolean hasLostBytes() {
    return lostBytes;
  }

  private void connectAndPump() {
    try {
      fault.awaitPassage();
      if (fault.resetsNewConnections()) {
        reset();
        return;
      }
      server.connect(target, CONNECT_TIMEOUT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException | InterruptedException e) {
      reset(); // the client sees what the proxy saw
      return;
    }
    replies.start();
    pump(client, server, Direction.TO_SERVER);
  }

  private void pump(Socket from, Socket to, Direction direction) {
    byte[] data = new byte[16 << 10];
    try {
      while (true) {
        int length = from.getInputStream().read(data);
        fault.awaitPassage();
        if (length < 0) {
          to.shutdownOutput();
          break;
        }
        NetworkFault.Verdict verdict = fault.judge(direction, data, length, tail, lostBytes);
        if (verdict.lost()) {
          lostBytes = true;
        }
        to.getOutputStream().write(data, 0, verdict.passed());
        if (verdict.reset()) {
          reset();
          return;
        }
      }
      if (endedDirections.incrementAndGet() == 2) {
        end();
      }
    } catch (IOException | InterruptedException e) {
      reset(); // an end that broke off breaks off the other one, too
    }
  }

  /** Ends both sides with a reset instead of a goodbye. */
  void reset() {
    linger(client);
    linger(server);
    end();
  }

  private static void linger(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException alreadyClosed) {
      return;
    }
  }

  private void end() {
    connections.remove(this);
    closeQuietly(client);
    closeQuietly(server);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError("A socket does not close", e);
    }
  }

  /** Resets and waits for the threads. */
  void close() {
    reset();
    requests.interrupt(); // from a black hole
    replies.interrupt();
    TcpProxy.join(requests);
    TcpProxy.join(replies);
  }
}
