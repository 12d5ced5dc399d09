package io.pagurus.lifecycle;

import io.pagurus.Finding;
import io.pagurus.lifecycle.Surroundings.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is wrong with the place where the state is. */
final class StorageChecks {
  static final String FLEETING = "store-not-on-a-volume";
  static final String EMPTY_DIR = "store-in-empty-dir";
  static final String NOT_WRITABLE = "volume-not-writable";
  static final String NEARLY_FULL = "volume-nearly-full";
  static final String BORROWED = "borrowed-connections";

  /** In memory, or a layer of the container's image. */
  private static final Set<String> FLEETING_TYPES =
      Set.of(
          "overlay",
          "overlayfs",
          "aufs",
          "fuse-overlayfs",
          "fuse.fuse-overlayfs",
          "tmpfs",
          "ramfs",
          "rootfs");

  /** How Kubernetes names the directory of the machine that it mounts. */
  private static final String KUBERNETES_EMPTY_DIR = "/volumes/kubernetes.io~empty-dir/";

  private static final int LEAST_PERCENT = 5;
  private static final long ALWAYS_ENOUGH = 1L << 30;

  private StorageChecks() {}

  static List<Finding> of(Volume volume, long stateBytes) {
    List<Finding> findings = new ArrayList<>();
    Mount mount = volume.mount();
    if (mount != null && FLEETING_TYPES.contains(mount.type())) {
      findings.add(
          new Finding(
              FLEETING,
              volume.directory()
                  + " is on a file system of type "
                  + mount.type()
                  + ", not on a volume",
              "The state is gone with the container or the machine",
              "Mount a volume there (a PersistentVolumeClaim, docker run -v), or use storage outside"
                  + " of the container"));
    } else if (mount != null && mount.root().contains(KUBERNETES_EMPTY_DIR)) {
      findings.add(
          new Finding(
              EMPTY_DIR,
              volume.directory() + " is in an emptyDir volume",
              "The state outlives a restart of the container, but not the pod: a rolling update, an"
                  + " eviction or the loss of the node takes it away",
              "Use a PersistentVolumeClaim in a StatefulSet, or storage outside of the pod"));
    }
    if (!volume.writable()) {
      findings.add(
          new Finding(
              NOT_WRITABLE,
              volume.directory() + " cannot be written by this process",
              "Nothing can be saved",
              "Mount it without readOnly, and give it to the user of the container (fsGroup in"
                  + " Kubernetes, chown elsewhere)"));
    } else if (isNearlyFull(volume, stateBytes)) {
      findings.add(
          new Finding(
              NEARLY_FULL,
              String.format(
                  Locale.ROOT,
                  "%s has %d MiB of %d MiB left, and the state takes %d MiB",
                  volume.directory(),
                  volume.usableBytes() >> 20,
                  volume.totalBytes() >> 20,
                  stateBytes >> 20),
              "When it is full nothing can be saved: writers wait, then fail, and a stop loses what is"
                  + " pending",
              "Enlarge the volume or clean it up: a busy store needs room for twice its data"));
    }
    return findings;
  }

  private static boolean isNearlyFull(Volume volume, long stateBytes) {
    long usable = volume.usableBytes();
    if (usable < 0) {
      return false;
    }
    long least = Math.min(ALWAYS_ENOUGH, volume.totalBytes() / 100 * LEAST_PERCENT);
    return usable < least || usable / 2 < stateBytes;
  }

  static Finding borrowed() {
    return new Finding(
        BORROWED,
        "the state is reached through connections of the application (a DataSource that was handed"
            + " in)",
        "On System.exit shutdown hooks run in no order, so a hook of the pool or of an embedded"
            + " database may close them before the last save. SIGTERM, SIGINT and close() are safe",
        "Close the store before the pool, and call close() before System.exit; when that is done,"
            + " accept this finding");
  }
}
