package io.pagurus.s3;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;

/**
 * What became of each attempt of one call. The SDK repeats a failed attempt by itself and shows
 * only the last answer; but whether a commit may have landed depends on all of them, and each is
 * paid for. Used by the thread of the call.
 */
final class Attempts implements MetricPublisher {
  private static final String ATTEMPT = "ApiCallAttempt";
  private static final String THROTTLING = "Throttling";

  private @Nullable List<MetricCollection> attempts;

  /** Called by the SDK on the calling thread, at the end of the call. */
  @Override
  public void publish(MetricCollection call) {
    List<MetricCollection> found = new ArrayList<>();
    for (MetricCollection child : call.children()) {
      if (child.name().equals(ATTEMPT)) {
        found.add(child);
      }
    }
    attempts = found;
  }

  @Override
  public void close() {}

  /** How many requests were made. */
  int count() {
    return attempts == null ? 1 : attempts.size();
  }

  /** Whether an attempt before the last one may have done what was asked for. */
  boolean earlierMayHaveLanded() {
    List<MetricCollection> known = attempts;
    if (known == null) {
      return true;
    }
    for (int i = 0; i < known.size() - 1; i++) {
      if (mayHaveLanded(known.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether no attempt at all, the last one included, can have done what was asked for. */
  boolean noneMayHaveLanded() {
    List<MetricCollection> known = attempts;
    return known != null && known.stream().noneMatch(Attempts::mayHaveLanded);
  }

  private static boolean mayHaveLanded(MetricCollection attempt) {
    if (attempt.metricValues(CoreMetric.ERROR_TYPE).contains(THROTTLING)) {
      return false;
    }
    List<Integer> statuses = attempt.metricValues(HttpMetric.HTTP_STATUS_CODE);
    if (statuses.isEmpty()) {
      return true; // no answer
    }
    int status = statuses.get(statuses.size() - 1);
    return status < 400 || status >= 500 || status == 408 || status == 409 || status == 412;
  }
}
