package io.pagurus.lifecycle;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** A participant as {@code org.crac} knows it, which keeps weak references only. Thread-safe. */
final class CracResource implements Resource {
  private final ProcessCheckpoints.Participant participant;

  CracResource(ProcessCheckpoints.Participant participant) {
    this.participant = participant;
  }

  static CracResource register(ProcessCheckpoints.Participant participant) {
    CracResource resource = new CracResource(participant);
    Core.getGlobalContext().register(resource);
    return resource;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    participant.beforeCheckpoint();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    participant.afterRestore();
  }
}
