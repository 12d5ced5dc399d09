package io.pagurus.internal.log;

import io.pagurus.IncompatibleStateException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * How the payload of a block is stored. The code is on storage; never reuse one. Thread-safe.
 *
 * <p>Zstandard (level 1) is used when {@code com.github.luben:zstd-jni} is on the class path and
 * its native library loads; otherwise segments are deflated (level 1) and the log stays raw,
 * because deflating costs more time than the bytes it saves there. A block that does not shrink
 * stays raw.
 */
public enum Compression {
  RAW(0) {
    @Override
    byte @Nullable [] shrink(byte[] raw, int length) {
      return null;
    }

    @Override
    ByteBuffer expand(ByteBuffer stored, int rawLength) {
      if (stored.remaining() != rawLength) {
        throw new IllegalStateException(
            "it has " + stored.remaining() + " bytes, not " + rawLength);
      }
      return stored;
    }
  },

  DEFLATE(1) {
    @Override
    byte @Nullable [] shrink(byte[] raw, int length) {
      Deflater deflater = new Deflater(1, /* nowrap= */ true);
      try {
        deflater.setInput(raw, 0, length);
        deflater.finish();
        byte[] out = new byte[length - length / 16];
        int size = deflater.deflate(out);
        return deflater.finished() ? Arrays.copyOf(out, size) : null;
      } finally {
        deflater.end();
      }
    }

    @Override
    ByteBuffer expand(ByteBuffer stored, int rawLength) {
      Inflater inflater = new Inflater(/* nowrap= */ true);
      try {
        inflater.setInput(stored);
        byte[] raw = new byte[rawLength];
        int size = 0;
        while (size < rawLength && !inflater.finished()) {
          int more = inflater.inflate(raw, size, rawLength - size);
          if (more == 0) {
            break;
          }
          size += more;
        }
        if (size != rawLength) {
          throw new IllegalStateException("it inflates to " + size + " bytes, not " + rawLength);
        }
        return ByteBuffer.wrap(raw);
      } catch (DataFormatException e) {
        throw new IllegalStateException("it does not inflate: " + e.getMessage(), e);
      } finally {
        inflater.end();
      }
    }
  },

  ZSTD(2) {
    @Override
    byte @Nullable [] shrink(byte[] raw, int length) {
      byte[] out = Zstandard.compress(raw, length);
      return out.length < length - length / 16 ? out : null;
    }

    @Override
    ByteBuffer expand(ByteBuffer stored, int rawLength) {
      if (!Zstandard.AVAILABLE) {
        throw new IncompatibleStateException(
            "The state was compressed with Zstandard, which this process cannot load. Add"
                + " com.github.luben:zstd-jni to the class path.");
      }
      return ByteBuffer.wrap(
          Zstandard.expand(
              stored.array(),
              stored.arrayOffset() + stored.position(),
              stored.remaining(),
              rawLength));
    }
  };

  /** For what is written once and read again later. */
  static final Compression FOR_SEGMENTS = Zstandard.AVAILABLE ? ZSTD : DEFLATE;

  /** For what somebody waits for. */
  static final Compression FOR_COMMITS = Zstandard.AVAILABLE ? ZSTD : RAW;

  private final int code;

  Compression(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Compression of(int code) {
    for (Compression compression : values()) {
      if (compression.code == code) {
        return compression;
      }
    }
    throw new IncompatibleStateException(
        "The state is compressed in a way ("
            + (code & 0xff)
            + ") that this version of Pagurus does not"
            + " know. Use the version that wrote it, or a newer one.");
  }

  /** The shrunk bytes, or null when it is not worth it. */
  abstract byte @Nullable [] shrink(byte[] raw, int length);

  /** The raw bytes, exactly {@code rawLength}; {@code stored} is on the heap. */
  abstract ByteBuffer expand(ByteBuffer stored, int rawLength);
}
