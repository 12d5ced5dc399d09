package io.pagurus.file;

import io.pagurus.StateStore;
import io.pagurus.testkit.FrozenCommit;

/** An owner that is frozen where its commit has come to the step of its argument. */
final class FrozenOwner {
  private FrozenOwner() {}

  public static void main(String[] args) throws Exception {
    FreezingFiles files = new FreezingFiles();
    FreezingFiles.Step step = FreezingFiles.Step.valueOf(args[1]);
    FrozenCommit.live(
        StateStore.builder().url(args[0]).backend(files), action -> files.beforeNext(step, action));
  }
}
