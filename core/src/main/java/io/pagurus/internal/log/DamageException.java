package io.pagurus.internal.log;

/** Verification failed. Turned into a report and a decision by the recovery. */
public final class DamageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Damage damage;

  public DamageException(Damage damage) {
    super(damage.toString());
    this.damage = damage;
  }

  /** What was found. */
  public Damage damage() {
    return damage;
  }
}
