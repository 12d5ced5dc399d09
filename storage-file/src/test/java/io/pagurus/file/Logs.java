package io.pagurus.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagurus.internal.log.Append;
import io.pagurus.internal.log.Frame;
import io.pagurus.internal.log.History;
import io.pagurus.internal.log.SampleFrames;
import io.pagurus.internal.log.SampleFrames.Commits;
import io.pagurus.internal.log.Seal;
import io.pagurus.internal.log.Tip;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;

/** Logs of one store, and owners of them that do what an engine does. */
final class Logs {
  final Disk disk;
  final Path root;
  final SampleFrames frames;

  Logs(Disk disk, Path root, SampleFrames frames) {
    this.disk = disk;
    this.root = root;
    this.frames = frames;
  }

  AppendFileLog open(long partBytes) {
    Directories directories = new Directories(disk, root);
    WriteOnceFiles files = new WriteOnceFiles(disk, directories, frames.id());
    return new AppendFileLog(disk, directories, files, partBytes);
  }

  AppendFileLog open() {
    return open(AppendFileLog.PART_BYTES);
  }

  /** Takes the store over, whoever has it. */
  Owner own() {
    return own(open());
  }

  Owner own(AppendFileLog log) {
    log.create(frames.seal(0));
    Tip tip = Objects.requireNonNull(log.look());
    Seal seal = frames.seal(tip.epoch());
    assertThat(log.seal(seal)).isEqualTo(seal);
    Owner owner = new Owner(log, tip.epoch() + 1, log.history());
    return owner;
  }

  /** An owner that has read the history and is about to start. Not thread-safe. */
  final class Owner {
    final AppendFileLog log;
    final History history;
    long epoch;
    Commits commits;

    Owner(AppendFileLog log, long epoch, History history) {
      this.log = log;
      this.epoch = epoch;
      this.history = history;
      this.commits = SampleFrames.restored(history);
    }

    Append tryStart() {
      return log.start(frames.open(epoch, commits));
    }

    Owner start() {
      assertThat(tryStart()).isEqualTo(new Append.Done());
      return this;
    }

    Frame next(int bytes) {
      return frames.commit(epoch, commits, bytes);
    }

    SampleFrames frames() {
      return frames;
    }

    /** Appends one commit. */
    UUID commit(int bytes) {
      Frame frame = next(bytes);
      assertThat(log.append(frame)).isEqualTo(new Append.Done());
      return accepted(frame);
    }

    UUID commit() {
      return commit(300);
    }

    UUID accepted(Frame frame) {
      commits = commits.and(frame.identity().objectId());
      return frame.identity().objectId();
    }

    Path part() {
      return root.resolve(new LogNames.Part(epoch, log.currentPart()).key());
    }
  }
}
