package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpProxyTest {
  private EchoServer server;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new EchoServer();
    proxy = TcpProxy.to(server.port());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    server.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tcp-proxy-"));
  }

  @Test
  void pass_carriesBothWays_andTheGoodbye() throws IOException {
    try (Socket one = connect();
        Socket two = connect()) {
      assertThat(echo(one, "one")).isEqualTo("one");
      assertThat(echo(two, "two")).isEqualTo("two");
      assertThat(proxy.connections()).isEqualTo(2);
      one.shutdownOutput();
      assertThat(one.getInputStream().read()).isEqualTo(-1);
    }
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void delay_slowsEachDirection() throws IOException {
    try (Socket socket = connect()) {
      proxy.delay(Duration.ofMillis(200));
      long begin = System.nanoTime();
      assertThat(echo(socket, "slow")).isEqualTo("slow");
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("a lower bound, it holds on any machine")
          .isGreaterThanOrEqualTo(Duration.ofMillis(390));
    }
  }

  @Test
  void blackHole_isSilent_andLosesNothingWhenItHeals() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, "before")).isEqualTo("before");
      proxy.blackHole();
      write(socket, "kept");
      assertSilent(socket);
      try (Socket fresh = connect()) {
        write(fresh, "fresh");
        assertSilent(fresh);
        proxy.pass();
        assertThat(read(socket, 4)).isEqualTo("kept");
        assertThat(read(fresh, 5)).isEqualTo("fresh");
      }
    }
  }

  @Test
  void refuse_keepsNewClientsOut_untilItHeals() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, "a")).isEqualTo("a");
      proxy.refuse();
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
      assertThat(echo(socket, "b")).as("open ones go on").isEqualTo("b");
      proxy.pass();
      try (Socket fresh = connect()) {
        assertThat(echo(fresh, "c")).isEqualTo("c");
      }
    }
  }

  @Test
  void reset_endsOpenAndNewConnections() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, "a")).isEqualTo("a");
      proxy.reset();
      assertThatThrownBy(() -> readOrEnd(socket)).isInstanceOf(SocketException.class);
      assertThatThrownBy(
              () -> {
                try (Socket fresh = connect()) {
                  readOrEnd(fresh);
                }
              })
          .isInstanceOf(SocketException.class);
      proxy.pass();
      try (Socket fresh = connect()) {
        assertThat(echo(fresh, "b")).isEqualTo("b");
      }
    }
  }

  @Test
  void cut_letsSoManyBytesPass() throws IOException {
    try (Socket socket = connect()) {
      proxy.cutAfter(TcpProxy.Direction.TO_SERVER, 3);
      write(socket, "abcdef");
      await().until(() -> server.received().equals("abc"));
      assertThatThrownBy(
              () -> {
                while (true) {
                  readOrEnd(socket);
                }
              })
          .isInstanceOf(SocketException.class);
    }
    assertThat(server.received()).isEqualTo("abc");
  }

  @Test
  void swallow_losesRepliesOnly() throws IOException {
    try (Socket socket = connect()) {
      proxy.swallowReplies();
      write(socket, "done");
      await().until(() -> server.received().equals("done"));
      assertSilent(socket);
      assertThat(proxy.swallowing()).isEqualTo(1);
      proxy.pass();
      assertThatThrownBy(() -> readOrEnd(socket))
          .as("a stream with a hole cannot go on")
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void swallowAfterTrigger_losesTheReplyToThatRequest() throws IOException {
    proxy.swallowRepliesAfter("COMMIT".getBytes(StandardCharsets.UTF_8));
    try (Socket socket = connect();
        Socket other = connect()) {
      assertThat(echo(socket, "INSERT")).isEqualTo("INSERT");
      write(socket, "COM");
      assertThat(read(socket, 3)).isEqualTo("COM");
      write(socket, "MIT");
      await().until(() -> server.received().endsWith("COMMIT"));
      assertSilent(socket);
      assertThat(proxy.swallowing()).isEqualTo(1);
      assertThat(echo(other, "SELECT")).isEqualTo("SELECT");
    }
  }

  @Test
  void serverGone_isSeenByTheClient() throws Exception {
    server.close();
    assertThatThrownBy(
            () -> {
              try (Socket socket = connect()) {
                readOrEnd(socket);
              }
            })
        .isInstanceOf(SocketException.class);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
  }

  private static String echo(Socket socket, String text) throws IOException {
    write(socket, text);
    return read(socket, text.length());
  }

  /** Fails with a reset, or with an end of the stream that was to be a reset. */
  private static void readOrEnd(Socket socket) throws IOException {
    if (socket.getInputStream().read() < 0) {
      throw new AssertionError("it ended in peace");
    }
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(0);
  }
}
