package io.pagurus.file.offheap;

import io.pagurus.internal.log.LiveTable;
import io.pagurus.spi.Change;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A process with an off-heap table, which applies commits until it is killed. */
final class TableProcess {
  static final LiveTable.Mark MARK = new LiveTable.Mark(new UUID(1, 2), 7, new UUID(3, 4));

  private TableProcess() {}

  public static void main(String[] args) {
    OffHeapTables tables = new OffHeapTables(Path.of(args[1]));
    switch (args[0]) {
      case "create" -> {
        try (LiveTable table = tables.create(1_000, 100_000)) {
          System.out.println("CREATED");
          table.apply(List.of(), List.of(change(1)));
          table.close(MARK);
        } catch (IllegalStateException e) {
          System.out.println("REFUSED " + e.getMessage());
        }
      }
      case "run" -> {
        LiveTable reopened = tables.reopen(MARK);
        System.out.println(reopened == null ? "FRESH" : "REOPENED");
        run(reopened == null ? tables.create(1_000, 100_000) : reopened, args[2].equals("write"));
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Until it is killed, or who would have done that is gone. */
  private static void run(LiveTable table, boolean write) {
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    for (int i = 0; i % 10_000 != 0 || parent.isAlive(); i++) {
      if (write) {
        table.apply(List.of(), List.of(change(i)));
      } else {
        table.get(1, change(1).key());
      }
      if (i == 100) {
        System.out.println("RUNNING");
      }
    }
  }

  private static Change change(int i) {
    return new Change(1, ByteBuffer.allocate(4).putInt(i % 10_000).array(), new byte[i % 500]);
  }
}
