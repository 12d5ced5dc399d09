package io.pagurus.internal.log;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The optional native library: absent on musl, on noexec mounts and where nobody added it. */
final class Zstandard {
  private static final Logger log = LoggerFactory.getLogger(Zstandard.class);
  private static final int LEVEL = 1;

  /** Whether it is on the class path and loads. */
  static final boolean AVAILABLE = loads();

  private Zstandard() {}

  private static boolean loads() {
    try {
      byte[] probe = new byte[64];
      byte[] compressed = compress(probe, probe.length);
      return Arrays.equals(probe, expand(compressed, 0, compressed.length, probe.length));
    } catch (LinkageError e) {
      log.debug("No Zstandard here ({}); segments are deflated instead.", e.toString());
      return false;
    }
  }

  static byte[] compress(byte[] raw, int length) {
    byte[] out = new byte[(int) Zstd.compressBound(length)];
    long size = Zstd.compressByteArray(out, 0, out.length, raw, 0, length, LEVEL);
    if (Zstd.isError(size)) {
      throw new IllegalStateException("Zstandard: " + Zstd.getErrorName(size));
    }
    return Arrays.copyOf(out, (int) size);
  }

  static byte[] expand(byte[] stored, int from, int length, int rawLength) {
    byte[] raw = new byte[rawLength];
    long size = Zstd.decompressByteArray(raw, 0, rawLength, stored, from, length);
    if (Zstd.isError(size) || size != rawLength) {
      throw new IllegalStateException("it does not decompress to " + rawLength + " bytes");
    }
    return raw;
  }
}
