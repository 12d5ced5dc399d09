package io.pagurus.s3;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object in ranges, several at once: one connection to S3 carries far less than a machine
 * can take. The answer to the first range says how long the object is; then the array is made, of
 * exactly the right size, the other ranges are asked for, and each goes from its connection to its
 * place in the array. Thread-safe.
 *
 * <p>The caller reads the first range itself, so whoever reads little needs no thread.
 */
final class RangeReader implements AutoCloseable {
  /** Large enough that a request is paid for by what it brings. */
  static final int PART = 8 << 20;

  /** No request for a handful of bytes behind the last part. */
  private static final int LEAST_REST = 1 << 20;

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

  private final Requests requests;
  private final ThreadPoolExecutor threads;

  /** Asks for one range. */
  interface Requests {
    void get(String name, long offset, int length, Answer answer);
  }

  RangeReader(Requests requests) {
    this.requests = requests;
    this.threads =
        new ThreadPoolExecutor(
            S3Connection.PARALLEL_READS,
            S3Connection.PARALLEL_READS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "pagurus-s3-reader");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Up to {@code length} bytes from {@code offset}.
   *
   * @throws SdkException when one of the requests fails
   */
  byte[] read(String name, long offset, int length) {
    int asked = length <= PART + LEAST_REST ? length : PART;
    Whole whole = new Whole(name, offset, length, asked);
    Answer first = new Answer(offset, whole::begin);
    try {
      requests.get(name, offset, Math.max(1, asked), first);
    } catch (SdkException e) {
      whole.cancel();
      if (Failure.of(e).meaning() == Failure.Meaning.OUT_OF_RANGE) {
        return new byte[0];
      }
      throw e;
    } catch (RuntimeException | Error e) {
      whole.cancel();
      throw e;
    }
    return whole.await();
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  /** Where a range goes. */
  private record Target(byte[] bytes, int at, int length) {}

  /** An object, or a part of it, while it is read. */
  private final class Whole {
    private final String name;
    private final long offset;
    private final int wanted;
    private final int first;
    private final List<Future<?>> rest = new ArrayList<>();
    private byte @Nullable [] bytes;

    Whole(String name, long offset, int wanted, int first) {
      this.name = name;
      this.offset = offset;
      this.wanted = wanted;
      this.first = first;
    }

    /** Called when the answer to the first range begins, once for each attempt. */
    Target begin(int there) {
      byte[] known = bytes;
      int length = Math.min(wanted, there);
      if (known == null || known.length != length) {
        cancel();
        known = new byte[length];
        bytes = known;
        startRest(known);
      }
      return new Target(known, 0, Math.min(first, length));
    }

    private void startRest(byte[] target) {
      int at = first;
      while (at < target.length) {
        int left = target.length - at;
        int length = left <= PART + LEAST_REST ? left : PART;
        Target part = new Target(target, at, length);
        Answer answer = new Answer(offset + at, there -> part);
        long from = offset + at;
        rest.add(submit(() -> requests.get(name, from, length, answer)));
        at += length;
      }
    }

    private Future<?> submit(Runnable work) {
      try {
        return threads.submit(work);
      } catch (RejectedExecutionException e) {
        throw new IllegalStateException("The connection is closed", e);
      }
    }

    void cancel() {
      rest.forEach(part -> part.cancel(false));
      rest.clear();
    }

    byte[] await() {
      boolean interrupted = false;
      try {
        for (Future<?> part : rest) {
          while (true) {
            try {
              part.get();
              break;
            } catch (InterruptedException e) {
              interrupted = true; // each part ends by itself
            }
          }
        }
      } catch (ExecutionException e) {
        cancel();
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw SdkClientException.create("A part of the object cannot be read", e.getCause());
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      return requireNonNull(bytes);
    }
  }

  /** Takes the answer to one range; the SDK may begin it several times. Used by one thread. */
  static final class Answer implements ResponseTransformer<GetObjectResponse, Boolean> {
    private final long offset;
    private final IntFunction<Target> place;
    private long bytesRead;

    /**
     * An answer that must begin at {@code offset}.
     *
     * @param place where to put it; it is told how many bytes there are from the offset on
     */
    Answer(long offset, IntFunction<Target> place) {
      this.offset = offset;
      this.place = place;
    }

    long bytesRead() {
      return bytesRead;
    }

    @Override
    public Boolean transform(GetObjectResponse response, AbortableInputStream body) {
      long there = bytesThere(response);
      Target target = place.apply((int) Math.min(there, Integer.MAX_VALUE));
      int at = 0;
      try {
        while (at < target.length) {
          int read = body.read(target.bytes, target.at + at, target.length - at);
          if (read < 0) {
            throw new IOException(
                "It ended after " + at + " of " + target.length + " bytes from " + offset);
          }
          at += read;
          bytesRead += read;
        }
        if (body.read() >= 0) {
          body.abort(); // more than was asked for
        }
        return true;
      } catch (IOException e) {
        body.abort();
        throw RetryableException.create("The answer broke off: " + e.getMessage(), e);
      }
    }

    /** How many bytes the object has from the offset on. */
    private long bytesThere(GetObjectResponse response) {
      String range = response.contentRange();
      Matcher matcher = range == null ? null : CONTENT_RANGE.matcher(range);
      if (matcher != null && matcher.matches() && Long.parseLong(matcher.group(1)) == offset) {
        return Long.parseLong(matcher.group(3)) - offset;
      }
      if (range == null && offset == 0 && response.eTag() != null) {
        return response.contentLength(); // the whole object
      }
      throw SdkClientException.create(
          "It was answered with "
              + (range == null ? "no range" : "the range " + range)
              + " where one from "
              + offset
              + " was asked for. The server, or something before it, is no S3 server.");
    }
  }
}
