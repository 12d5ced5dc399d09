package io.pagurus.internal.engine;

/**
 * One plain {@code @State} field of a bound bean, as the cut sees it. Called under the update lock
 * only.
 */
public interface PlainField {
  /** The name under which it is stored: bean name, a dot, field name. */
  String name();

  /** The declared type, for messages. */
  String typeName();

  /** The id of the codec that encodes it. */
  String codecId();

  /**
   * Encodes the current content of the field; a null reference has an encoding, too.
   *
   * @throws io.pagurus.StateSerializationException when it cannot be encoded; names the field
   */
  byte[] encode();

  /**
   * Sets the field to what {@code bytes} hold.
   *
   * @throws io.pagurus.IncompatibleStateException when they do not fit the declared type; names the
   *     field and the declared type
   */
  void set(byte[] bytes);
}
