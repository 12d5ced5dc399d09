package io.pagurus.internal.engine;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one cut has taken: all changes up to one instant, and who waits for them. Immutable.
 *
 * @param generation the generation that was cut off
 * @param layers the tables that changed, each with the layer that is now in flight
 * @param fields the plain fields that changed
 * @param bytes the weight of the changes
 */
record Cut(Generation generation, Map<Table<?, ?>, Layer> layers, List<Change> fields, long bytes) {

  Commit toCommit(
      long epoch,
      long version,
      UUID commitId,
      Instant now,
      List<Checkpoint> made,
      List<String> dropped,
      List<Change> more) {
    List<Integer> clears = new ArrayList<>();
    int slots = layers.values().stream().mapToInt(layer -> layer.slots().size()).sum();
    List<Change> changes = new ArrayList<>(fields.size() + more.size() + slots);
    changes.addAll(fields);
    changes.addAll(more);
    layers.forEach(
        (table, layer) -> {
          if (layer.hides()) {
            clears.add(table.space());
          }
          for (Slot slot : layer.slots().values()) {
            changes.add(new Change(table.space(), slot.key(), slot.bytes()));
          }
        });
    return new Commit(epoch, version, commitId, now, clears, changes, made, dropped, null, false);
  }
}
