package io.pagurus.internal.log;

/** The storage answered, and there is no object of that name. */
public final class ObjectNotFoundException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;

  public ObjectNotFoundException(String key) {
    super("There is no object " + key);
    this.key = key;
  }

  /** The key that was asked for. */
  public String key() {
    return key;
  }
}
