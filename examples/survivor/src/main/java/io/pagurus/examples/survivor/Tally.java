package io.pagurus.examples.survivor;

import java.util.ArrayList;
import java.util.List;

/** The figures of all stops of one kind. Not thread-safe. */
final class Tally {
  int stops;
  long requests;
  long confirmed;
  long async;
  long unanswered;
  long confirmedLost;
  long asyncLost;
  long maxLossMicros;
  long maxStatedMicros;
  long appliedTwice;
  long invariantsBroken;
  final List<Long> stopMicros = new ArrayList<>();
  final List<Long> firstReadMicros = new ArrayList<>();

  void add(Life life, Stop stop, long stopTookMicros, long firstReadTookMicros, AuditResult audit) {
    stops++;
    requests += life.requests.get();
    confirmed += life.checkoutsConfirmed.get();
    async += life.additionsAcknowledged.get();
    unanswered += life.unanswered.get();
    stopMicros.add(stopTookMicros);
    firstReadMicros.add(firstReadTookMicros);
    asyncLost += audit.asyncLost();
    maxLossMicros = Math.max(maxLossMicros, audit.lossMicros());
    maxStatedMicros = Math.max(maxStatedMicros, stop.allowedMicros());
    confirmedLost += audit.count(Finding.Kind.CONFIRMED_LOST);
    appliedTwice += audit.count(Finding.Kind.APPLIED_TWICE);
    invariantsBroken += audit.count(Finding.Kind.INVARIANT);
  }
}
