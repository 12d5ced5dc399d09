package io.pagurus.testkit.simulation;

import io.pagurus.Checkpoint;
import io.pagurus.spi.Change;
import io.pagurus.spi.Commit;
import io.pagurus.spi.Entry;
import io.pagurus.spi.StateBackend;
import io.pagurus.spi.StoreHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All commits that were ever sent, each behind the one that its owner took for the newest. One
 * branch of this tree is the history; the ids say which.
 */
final class CommitTree {
  /** Spaces are 1 to this. */
  static final int SPACES = 2;

  private final Map<UUID, Node> nodes = new HashMap<>();
  private final List<Node> acknowledged = new ArrayList<>();
  private final List<Node> served = new ArrayList<>();
  private final Node root = new Node(null, null, new TreeMap<>(), List.of());

  /** What a checkpoint holds. */
  record Kept(Checkpoint checkpoint, NavigableMap<String, String> entries) {}

  /** One commit and the state behind it. */
  static final class Node {
    final @Nullable Node parent;
    final @Nullable Commit commit;
    final long version;
    final NavigableMap<String, String> entries;
    final List<Kept> checkpoints;
    boolean acknowledged;

    /** Why it cannot be part of the history, if so. */
    @Nullable String impossible;

    Node(
        @Nullable Node parent,
        @Nullable Commit commit,
        NavigableMap<String, String> entries,
        List<Kept> checkpoints) {
      this.parent = parent;
      this.commit = commit;
      this.version = commit == null ? 0 : commit.version();
      this.entries = entries;
      this.checkpoints = checkpoints;
    }

    boolean follows(Node older) {
      Node node = this;
      while (node != null && node.version > older.version) {
        node = node.parent;
      }
      return node == older;
    }

    @Override
    public String toString() {
      return commit == null ? "nothing" : "commit " + version + "/" + shortId(commit.commitId());
    }
  }

  static String shortId(UUID id) {
    return id.toString().substring(0, 8);
  }

  Node add(Node parent, Commit commit) {
    List<Kept> checkpoints = new ArrayList<>(parent.checkpoints);
    NavigableMap<String, String> entries = new TreeMap<>(parent.entries);
    for (Checkpoint made : commit.newCheckpoints()) {
      if (made.version() < commit.version()) {
        checkpoints.add(new Kept(made, new TreeMap<>(entries)));
      }
    }
    String restoreTo = commit.restoreTo();
    if (restoreTo != null) {
      for (Kept kept : parent.checkpoints) {
        if (kept.checkpoint.id().equals(restoreTo)) {
          entries = new TreeMap<>(kept.entries);
        }
      }
    }
    for (int space : commit.clears()) {
      entries.keySet().removeIf(key -> key.startsWith(space + "/"));
    }
    for (Change change : commit.changes()) {
      String key = change.space() + "/" + text(change.key());
      byte[] value = change.value();
      if (value == null) {
        entries.remove(key);
      } else {
        entries.put(key, text(value));
      }
    }
    for (Checkpoint made : commit.newCheckpoints()) {
      if (made.version() == commit.version()) {
        checkpoints.add(new Kept(made, new TreeMap<>(entries)));
      }
    }
    checkpoints.removeIf(kept -> commit.droppedCheckpoints().contains(kept.checkpoint.id()));
    Node node = new Node(parent, commit, entries, List.copyOf(checkpoints));
    nodes.put(commit.commitId(), node);
    return node;
  }

  void acknowledge(Node node) {
    check(node.impossible == null, node + " was acknowledged: " + node.impossible);
    for (Node other : acknowledged) {
      check(
          node.follows(other) || other.follows(node),
          "both " + node + " and " + other + " were acknowledged");
    }
    if (!node.acknowledged) {
      node.acknowledged = true;
      acknowledged.add(node);
    }
  }

  /** The newest acknowledged commit. */
  Node newest() {
    Node newest = root;
    for (Node node : acknowledged) {
      newest = node.version > newest.version ? node : newest;
    }
    return newest;
  }

  /** What a head stands for, checked: at least as new as {@code atLeast}. */
  Node find(StoreHead head, Node atLeast) {
    UUID id = head.commitId();
    Node node = id == null ? root : nodes.get(id);
    check(node != null, "nobody made commit " + id);
    Node found = Objects.requireNonNull(node);
    check(head.version() == found.version, head + " where " + found + " was expected");
    check(
        head.entries() == found.entries.size() || head.entries() == -1, // not counted yet
        head + " where " + found.entries.size() + " entries were expected");
    check(found.follows(atLeast), "found " + found + ", which does not follow " + atLeast);
    for (Node past = found; past != null; past = past.parent) {
      check(past.impossible == null, past + " is part of the history: " + past.impossible);
    }
    return found;
  }

  /** Somebody saw it as durable. */
  void served(Node node) {
    served.add(node);
  }

  /** {@code end} is the newest commit there is. */
  void checkHistory(Node end) {
    for (Node node : acknowledged) {
      check(end.follows(node), node + " was acknowledged and is not in the history of " + end);
    }
    for (Node node : served) {
      check(end.follows(node), node + " was served and is not in the history of " + end);
    }
  }

  /** The backend shows exactly what is behind {@code node}. */
  static void checkContent(StateBackend backend, Node node) {
    NavigableMap<String, String> found = new TreeMap<>();
    for (int space = 1; space <= SPACES; space++) {
      List<Entry> entries = backend.scan(space, new byte[0], null, 1_000);
      check(
          backend.count(space, List.of()) == entries.size(),
          "the count of space " + space + " is wrong");
      for (Entry entry : entries) {
        found.put(space + "/" + text(entry.key()), text(entry.value()));
      }
    }
    check(
        found.equals(node.entries),
        "behind " + node + " there is\n  " + found + "\ninstead of\n  " + node.entries);
    List<Checkpoint> expected = node.checkpoints.stream().map(Kept::checkpoint).toList();
    check(
        backend.checkpoints().equals(expected),
        "behind "
            + node
            + " there are\n  "
            + backend.checkpoints()
            + "\ninstead of\n  "
            + expected);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
