package io.pagurus.internal.engine;

import java.util.List;

/** A bean whose plain fields the cut captures. */
public interface BoundBean {
  /** The name of its {@code @Stateful}. */
  String name();

  /** Its plain fields; handles are not among them. */
  List<PlainField> fields();

  /** Runs its {@code @BeforeCheckpoint} methods, on the caller's thread, inside an update. */
  void beforeCheckpoint();

  /** Runs its {@code @AfterRestore} methods, on the caller's thread, inside an update. */
  void afterRestore();
}
