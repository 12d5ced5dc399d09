package io.pagurus.internal.engine;

import io.pagurus.Durability;
import io.pagurus.IncompatibleStateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The bound beans of a store and the calls of their methods. Thread-safe. */
public final class Beans {
  private record Restored(PlainField field, byte[] initial, byte @Nullable [] stored) {}

  private final Engine engine;
  private final List<BoundBean> bound = new CopyOnWriteArrayList<>();

  Beans(Engine engine) {
    this.engine = engine;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return bound.isEmpty();
  }

  /** Throws where {@link #bind} would. */
  public void checkBindable() {
    engine.forbidInBlock("bind()");
    engine.checkWorking();
  }

  /** Runs the {@code @BeforeCheckpoint} methods, inside one update. */
  public void beforeCheckpoint() {
    callAll(BoundBean::beforeCheckpoint);
  }

  /** Runs the {@code @AfterRestore} methods, inside one update. */
  void afterRestore() {
    callAll(BoundBean::afterRestore);
  }

  private void callAll(java.util.function.Consumer<BoundBean> method) {
    if (!bound.isEmpty()) {
      engine.<@Nullable Void>update(
          () -> {
            bound.forEach(method);
            return null;
          },
          Durability.ASYNC);
    }
  }

  /**
   * Takes a bean in whose handles are set: restores its plain fields and captures them from now on,
   * unless the store is read only.
   */
  public void bind(BoundBean bean) {
    checkBindable();
    engine.<@Nullable Void>underUpdateLock(
        () -> {
          checkNew(bean);
          List<Restored> fields = restoreFields(bean);
          boolean done = false;
          try {
            takePart(bean, fields);
            done = true;
          } finally {
            if (!done) {
              fields.forEach(field -> engine.capture().remove(field.field()));
            }
          }
          bound.add(bean);
          return null;
        });
    if (!engine.isReadOnly()) {
      engine.noteFieldsChanged();
    }
  }

  private void checkNew(BoundBean bean) {
    if (bound.stream().anyMatch(known -> known.name().equals(bean.name()))) {
      throw new IllegalArgumentException(
          "Store '"
              + engine.storeName()
              + "': a bean called '"
              + bean.name()
              + "' is bound already. Give the second one another name in @Stateful.");
    }
  }

  private List<Restored> restoreFields(BoundBean bean) {
    List<Restored> fields = new ArrayList<>();
    for (PlainField field : bean.fields()) {
      Catalog.Defined defined =
          engine.catalog().define(field.name(), Kind.FIELD, "", field.codecId(), field.typeName());
      byte[] initial = field.encode();
      byte[] stored = defined.existed() ? engine.storedField(field.name()) : null;
      if (stored != null) {
        set(field, stored);
        field.encode(); // what it holds now must be storable, too
      }
      fields.add(new Restored(field, initial, stored));
    }
    return fields;
  }

  private void set(PlainField field, byte[] stored) {
    try {
      field.set(stored);
    } catch (IncompatibleStateException e) {
      throw new IncompatibleStateException(
          engine.where(field.name())
              + ": stored as "
              + engine.catalog().storedTypeOf(field.name())
              + ", declared as "
              + field.typeName()
              + ". "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Within one block, so that no commit holds what the bean's method did to handles without what it
   * did to fields.
   */
  private void takePart(BoundBean bean, List<Restored> fields) {
    if (engine.isReadOnly()) {
      bean.afterRestore();
      return;
    }
    engine.<@Nullable Void>update(
        () -> {
          bean.afterRestore();
          for (Restored field : fields) {
            engine.capture().add(field.field(), field.initial(), field.stored());
          }
          return null;
        },
        Durability.ASYNC);
  }
}
