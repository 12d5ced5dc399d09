package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.Checkpoint;
import io.pagurus.DamagePolicy;
import io.pagurus.testkit.BackendOwner;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that version 1 of the format wrote can be opened for ever. Its files are never written
 * again; {@link #main} only shows how they came to be.
 */
class GoldenStoreTest {
  private static final int ENTRIES = 120;
  private static final int IN_CHECKPOINT = 40;

  @TempDir Path directory;

  @Test
  void version1_opens() throws IOException, URISyntaxException {
    TinyStore store = new TinyStore(directory.resolve("store"), TinyStore.Form.APPEND);
    URL resource = Objects.requireNonNull(getClass().getResource("/golden/file-v1"));
    Map<String, byte[]> golden =
        new TinyStore(Path.of(resource.toURI()), TinyStore.Form.APPEND).files();
    assertThat(golden.keySet()).anyMatch(name -> name.startsWith("s/")).contains("FORMAT");
    TinyStore.write(store.root, golden);

    BackendOwner owner = store.open(DamagePolicy.FAIL);
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(content(ENTRIES));
    assertThat(owner.backend().checkpoints().stream().map(Checkpoint::id)).containsExactly("forty");
    assertThat(owner.acquired().released()).isTrue();
    owner.commit(draft -> draft.restore("forty", "undo"));
    assertThat(TinyStore.dump(owner.backend())).isEqualTo(content(IN_CHECKPOINT));
    owner.backend().close();
  }

  private static List<List<String>> content(int entries) {
    List<String> first = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      first.add(key(i) + "=" + value(i));
    }
    return List.of(first, List.of("name=golden"), List.of());
  }

  private static String key(int number) {
    return "key" + (1000 + number);
  }

  private static String value(int number) {
    return "value " + Integer.toHexString(number * 0x9e3779b1) + " of " + number;
  }

  /**
   * Writes such a store: three owners, segments, parts and a checkpoint. To be run without
   * zstd-jni: this module's tests do not have it.
   *
   * @param args the directory to write it to
   */
  public static void main(String[] args) throws InterruptedException {
    TinyStore store = new TinyStore(Path.of(args[0]), TinyStore.Form.APPEND);
    BackendOwner owner = store.open();
    owner.commit(draft -> draft.put(1, "name", "golden").put(0, "gone", "soon"));
    owner.commit(draft -> draft.remove(0, "gone"));
    for (int i = 0; i < ENTRIES; i++) {
      int number = i;
      owner.commit(draft -> draft.put(0, key(number), value(number)));
      if (i == IN_CHECKPOINT - 1) {
        owner.commit(draft -> draft.checkpoint("forty", "the first forty"));
      }
      if (i == 30 || i == 100) {
        owner.backend().close();
        owner = store.open();
      }
      Thread.sleep(30);
    }
    owner.commit(draft -> draft.release());
    owner.backend().close();
  }
}
