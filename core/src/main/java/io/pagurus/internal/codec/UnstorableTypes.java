package io.pagurus.internal.codec;

import io.pagurus.StateCounter;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateValue;
import java.io.Closeable;
import java.lang.ref.Reference;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.jspecify.annotations.Nullable;

/** Classes that can be seen to be no state, whatever an instance holds. */
final class UnstorableTypes {
  /**
   * @param reason why values of the class cannot be stored
   * @param fix what to do instead
   */
  record Refusal(String reason, String fix) {}

  private static final Set<Class<?>> TOO_VAGUE =
      Set.of(
          Object.class,
          Number.class,
          CharSequence.class,
          Comparable.class,
          java.io.Serializable.class);

  /** A class and what all its subclasses have in common. */
  private static final Map<Class<?>, Refusal> FAMILIES = new LinkedHashMap<>();

  static {
    Refusal handle =
        new Refusal(
            "a live handle is not a value",
            "declare it as an own @State field, or store plain data");
    FAMILIES.put(StateMap.class, handle);
    FAMILIES.put(StateValue.class, handle);
    FAMILIES.put(StateCounter.class, handle);
    FAMILIES.put(StateStore.class, handle);
    Refusal resource =
        new Refusal(
            "it belongs to the running process and means nothing after a restart",
            "make the field transient and create it again in an @AfterRestore method");
    for (Class<?> type :
        new Class<?>[] {
          Thread.class,
          ThreadGroup.class,
          ThreadLocal.class,
          ClassLoader.class,
          Process.class,
          Closeable.class,
          java.util.stream.BaseStream.class,
          Lock.class,
          ReadWriteLock.class,
          Executor.class,
          Future.class,
          CompletionStage.class,
          Reference.class,
          java.util.Iterator.class,
          java.util.Timer.class
        }) {
      FAMILIES.put(type, resource);
    }
    Refusal code =
        new Refusal(
            "stored bytes may not name code to load", "store an enum or a name of your own");
    FAMILIES.put(Class.class, code);
    FAMILIES.put(java.lang.reflect.Type.class, code);
    FAMILIES.put(java.lang.reflect.AnnotatedElement.class, code);
    FAMILIES.put(
        Throwable.class,
        new Refusal(
            "an exception cannot be restored as it was", "store its message and what you need"));
    Refusal identity =
        new Refusal(
            "after a restart no key is the same object as before", "use a HashMap or EnumMap");
    FAMILIES.put(java.util.IdentityHashMap.class, identity);
    FAMILIES.put(java.util.WeakHashMap.class, identity);
    Refusal adder =
        new Refusal(
            "it can be written but not read back", "use AtomicLong, a long, or a StateCounter");
    FAMILIES.put(LongAdder.class, adder);
    FAMILIES.put(LongAccumulator.class, adder);
    FAMILIES.put(DoubleAdder.class, adder);
    FAMILIES.put(DoubleAccumulator.class, adder);
  }

  private UnstorableTypes() {}

  /** Why {@code type} is no state, or null if nothing speaks against it. */
  static @Nullable Refusal find(Class<?> type) {
    if (TOO_VAGUE.contains(type)) {
      return new Refusal(
          "it says nothing about what to restore", "declare the real type (or its type arguments)");
    }
    if (type == Void.class) {
      return new Refusal("it has no values", "declare a real type");
    }
    for (Map.Entry<Class<?>, Refusal> family : FAMILIES.entrySet()) {
      if (family.getKey().isAssignableFrom(type)) {
        return family.getValue();
      }
    }
    return byShape(type);
  }

  private static @Nullable Refusal byShape(Class<?> type) {
    if (type.isAnonymousClass() || type.isSynthetic() || type.isHidden()) {
      return new Refusal("it has no name to be created by", "declare a named class or a record");
    }
    boolean inner = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
    if (inner
        || (type.isLocalClass() && !Modifier.isStatic(type.getModifiers()) && !isData(type))) {
      return new Refusal(
          "an instance of an inner class cannot be created without its outer one",
          "make the class static, or a record");
    }
    return null;
  }

  /** Local records, enums and interfaces are static without saying so. */
  private static boolean isData(Class<?> type) {
    return type.isRecord() || type.isEnum() || type.isInterface();
  }
}
