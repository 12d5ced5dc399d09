package io.pagurus.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** How far a file system can be relied on, as its type tells. */
enum FileSystemKind {
  /** One kernel sees all its names and forces what it is told to. */
  LOCAL,
  /** Perhaps another machine changes it, and this one remembers names that it looked for. */
  SHARED;

  private static final Set<String> LOCAL_TYPES =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "zfs",
          "f2fs",
          "jfs",
          "apfs",
          "hfs",
          "ufs",
          "ntfs",
          "refs",
          // Local, too, though their content may not outlive the container: the doctor tells.
          "overlay",
          "overlayfs",
          "aufs",
          "tmpfs",
          "ramfs",
          "rootfs");

  /** What {@code type}, as the JDK names it, is. */
  static FileSystemKind of(String type) {
    return LOCAL_TYPES.contains(type.toLowerCase(Locale.ROOT)) ? LOCAL : SHARED;
  }

  /** The type of the file system below {@code directory}, which exists. */
  static String typeBelow(Path directory) throws IOException {
    return Files.getFileStore(directory).type();
  }
}
