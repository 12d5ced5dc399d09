package io.pagurus.lifecycle;

import io.pagurus.ShutdownReport.Trigger;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handlers for SIGTERM and SIGINT that run before those that were there, and always run those
 * afterwards. Immutable after {@link #install}.
 *
 * <p>{@code sun.misc.Signal} is reached by reflection: it is in every JDK so far, but it is no part
 * of the platform, and where it is missing (or signals are switched off by {@code -Xrs}) the
 * shutdown hook has to do.
 */
final class SignalChain {
  /** Who is told of a signal, on a thread of its own for each; several may run at a time. */
  interface Listener {
    /** Comes before the handler that was replaced. */
    void before(Trigger signal);

    /** Comes when that handler has returned; the one of the JVM itself never does. */
    void after(Trigger signal);
  }

  private static final Logger log = LoggerFactory.getLogger(SignalChain.class);

  private final Class<?> signalType;
  private final Class<?> handlerType;
  private final Method handle;
  private final Method handleCallback;
  private final Map<Object, Object> ours = new LinkedHashMap<>();
  private final Map<Object, CompletableFuture<Object>> replaced = new ConcurrentHashMap<>();

  private SignalChain() throws ReflectiveOperationException {
    signalType = Class.forName("sun.misc.Signal");
    handlerType = Class.forName("sun.misc.SignalHandler");
    handle = signalType.getMethod("handle", signalType, handlerType);
    handleCallback = handlerType.getMethod("handle", signalType);
  }

  /** Installs handlers; null where the platform has none. */
  static @Nullable SignalChain install(Listener listener) {
    SignalChain chain;
    try {
      chain = new SignalChain();
    } catch (ReflectiveOperationException e) {
      log.debug("No signal handlers here; the shutdown hook has to do.", e);
      return null;
    }
    chain.add("TERM", Trigger.SIGTERM, listener);
    chain.add("INT", Trigger.SIGINT, listener);
    return chain;
  }

  private void add(String name, Trigger trigger, Listener listener) {
    try {
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              SignalChain.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, args) -> {
                if (method.getDeclaringClass() == Object.class) {
                  return onObject(proxy, method, args);
                }
                try {
                  listener.before(trigger);
                } finally {
                  try {
                    callReplaced(signal);
                  } finally {
                    listener.after(trigger);
                  }
                }
                return null;
              });
      CompletableFuture<Object> before = new CompletableFuture<>();
      replaced.put(signal, before); // first: the signal may come before the next line has returned
      before.complete(handle.invoke(null, signal, handler));
      ours.put(signal, handler);
    } catch (InvocationTargetException e) {
      // -Xrs, or another user of the signal: the message of the JVM says which.
      log.debug("SIG{} cannot be handled: {}", name, String.valueOf(e.getCause()));
    } catch (ReflectiveOperationException e) {
      log.debug("SIG{} cannot be handled", name, e);
    }
  }

  private static @Nullable Object onObject(Object proxy, Method method, Object @Nullable [] args) {
    return switch (method.getName()) {
      case "equals" -> args != null && proxy == args[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "SignalChain handler";
    };
  }

  private void callReplaced(Object signal) throws ReflectiveOperationException {
    CompletableFuture<Object> before = replaced.get(signal);
    if (before != null) {
      handleCallback.invoke(before.join(), signal);
    }
  }

  private Object before(Object signal) {
    return Objects.requireNonNull(replaced.get(signal)).join();
  }

  /** Puts back what was there, unless somebody has put his own handler on top of ours since. */
  void uninstall() {
    ours.forEach(
        (signal, handler) -> {
          try {
            Object current = handle.invoke(null, signal, before(signal));
            if (current != handler) {
              handle.invoke(null, signal, current);
            }
          } catch (ReflectiveOperationException e) {
            log.debug("A signal handler could not be put back", e);
          }
        });
  }
}
