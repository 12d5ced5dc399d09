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
  /** Local, but its content may not outlive the container or the machine. */
  FLEETING,
  /** Perhaps another machine changes it, and this one remembers names that it looked for. */
  SHARED;

  private static final Set<String> LOCAL_TYPES =
      Set.of(
          "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "apfs", "hfs", "ufs",
          "ntfs", "refs");
  private static final Set<String> FLEETING_TYPES =
      Set.of("overlay", "overlayfs", "aufs", "tmpfs", "ramfs", "rootfs");

  /** What {@code type}, as the JDK names it, is. */
  static FileSystemKind of(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    if (LOCAL_TYPES.contains(lower)) {
      return LOCAL;
    }
    return FLEETING_TYPES.contains(lower) ? FLEETING : SHARED;
  }

  /** The type of the file system below {@code directory}, which exists. */
  static String typeBelow(Path directory) throws IOException {
    return Files.getFileStore(directory).type();
  }
}
