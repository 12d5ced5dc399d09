package io.pagurus.s3;

import io.pagurus.testkit.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Ceph RGW from Debian packages, one for this JVM, started on first use by {@code
 * src/test/rgw/start.sh}. Tests that ask for it are not run where it is not installed.
 */
final class CephRgw {
  private static @Nullable S3Server shared;

  private CephRgw() {}

  static synchronized S3Server inThisMachine() {
    Machine.needsRootAnd("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "monmaptool");
    S3Server server = shared;
    if (server == null) {
      server = start();
      shared = server;
    }
    return server;
  }

  private static S3Server start() {
    try {
      Path directory = Files.createTempDirectory("pagurus-rgw");
      int port = freePort();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(directory), "stop-rgw"));
      Machine.run(
          script("start.sh"),
          directory.toString(),
          Integer.toString(port),
          Integer.toString(freePort()),
          S3Server.KEY,
          S3Server.SECRET);
      return S3Server.at(URI.create("http://127.0.0.1:" + port));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void stop(Path directory) {
    Machine.tryToRun(script("stop.sh"), directory.toString());
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("could not delete " + directory + ": " + e);
    }
  }

  private static String script(String name) {
    return Path.of("src", "test", "rgw", name).toAbsolutePath().toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
