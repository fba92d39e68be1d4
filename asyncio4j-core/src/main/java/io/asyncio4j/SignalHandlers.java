package io.asyncio4j;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The process's handlers of signals. All loops of a JVM share one for each signal, which is there
 * as long as one of them listens; then the one that was there before is restored.
 */
final class SignalHandlers {
  /* sun.misc.Signal is the only way to it that the JDK has, in the module jdk.unsupported. javac names
  it with a warning that nothing switches off; hence by reflection. */

  private static final Map<String, SignalHandlers> INSTALLED = new HashMap<>();

  private final String name;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Object previous;

  private SignalHandlers(String name) {
    this.name = name;
  }

  /** One listener to one signal. */
  static final class Registration {
    private final SignalHandlers handler;
    private final Runnable listener;

    private Registration(SignalHandlers handler, Runnable listener) {
      this.handler = handler;
      this.listener = listener;
    }

    /** Listens no longer. By any thread. */
    void remove() {
      synchronized (INSTALLED) {
        if (handler.listeners.remove(listener) && handler.listeners.isEmpty()) {
          INSTALLED.remove(handler.name);
          Sun.handle(handler.name, handler.previous);
        }
      }
    }
  }

  /**
   * Listens to a signal.
   *
   * @param signal its name, with or without {@code SIG}
   * @param listener is called on a thread of the JVM's
   * @throws IllegalArgumentException if there is no such signal, or it cannot be handled
   * @throws UnsupportedOperationException if this JVM lets no program handle signals
   */
  static Registration add(String signal, Runnable listener) {
    String name = nameOf(signal);
    synchronized (INSTALLED) {
      SignalHandlers handler = INSTALLED.get(name);
      if (handler == null) {
        handler = new SignalHandlers(name);
        handler.previous = Sun.handle(name, Sun.proxy(handler::received));
        INSTALLED.put(name, handler);
      }
      handler.listeners.add(listener);
      return new Registration(handler, listener);
    }
  }

  /** Listens to a signal unless the program handles or ignores it; else returns null. */
  static @Nullable Registration addIfDefault(String signal, Runnable listener) {
    synchronized (INSTALLED) {
      String name = nameOf(signal);
      if (INSTALLED.containsKey(name)) {
        return null;
      }
      Registration added = add(name, listener);
      if (!Sun.isDefault(added.handler.previous)) {
        added.remove();
        return null;
      }
      return added;
    }
  }

  /**
   * Has the process ignore a signal, and the processes that it starts from then on.
   *
   * @throws IllegalArgumentException if there is no such signal, or it cannot be handled
   * @throws UnsupportedOperationException if this JVM lets no program handle signals
   */
  static void ignore(String signal) {
    Sun.handle(signal, Sun.ignoring());
  }

  /** Sends this process a signal, to be handled as if it came from outside. */
  static void raise(String name) {
    Sun.raise(name);
  }

  static String nameOf(String signal) {
    return signal.startsWith("SIG") ? signal.substring("SIG".length()) : signal;
  }

  private void received() {
    List.copyOf(listeners).forEach(Runnable::run);
  }

  /** The calls of sun.misc.Signal. */
  private static final class Sun {
    private static @Nullable Object handle(String name, @Nullable Object handler) {
      return call(
          name,
          (signal, type) ->
              signal
                  .getClass()
                  .getMethod("handle", signal.getClass(), type)
                  .invoke(null, signal, handler));
    }

    private static void raise(String name) {
      call(
          name,
          (signal, _) ->
              signal.getClass().getMethod("raise", signal.getClass()).invoke(null, signal));
    }

    private static Object ignoring() {
      try {
        return Class.forName("sun.misc.SignalHandler").getField("SIG_IGN").get(null);
      } catch (ReflectiveOperationException e) {
        throw unsupported(e);
      }
    }

    /** Tells whether a handler is the JVM's own, which ends the process, and no program's. */
    private static boolean isDefault(@Nullable Object handler) {
      try {
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        return handler != type.getField("SIG_IGN").get(null)
            && (handler == null || handler.getClass().getName().startsWith("sun.misc."));
      } catch (ReflectiveOperationException e) {
        throw unsupported(e);
      }
    }

    private static Object proxy(Runnable received) {
      try {
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        return Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> {
                    received.run();
                    yield null;
                  }
                  case "equals" -> self == arguments[0];
                  case "hashCode" -> System.identityHashCode(self);
                  default -> "the signal handler of asyncio4j";
                });
      } catch (ReflectiveOperationException e) {
        throw unsupported(e);
      }
    }

    @FunctionalInterface
    private interface Call {
      @Nullable Object with(Object signal, Class<?> handlerType)
          throws ReflectiveOperationException;
    }

    private static @Nullable Object call(String name, Call call) {
      try {
        Object signal =
            Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
        return call.with(signal, Class.forName("sun.misc.SignalHandler"));
      } catch (InvocationTargetException e) {
        throw new IllegalArgumentException(
            "signal "
                + name
                + " cannot be handled: "
                + e.getCause()
                + "; the JVM keeps some for itself, and all of them if it was started with -Xrs",
            e.getCause());
      } catch (ReflectiveOperationException e) {
        throw unsupported(e);
      }
    }

    private static UnsupportedOperationException unsupported(ReflectiveOperationException e) {
      return new UnsupportedOperationException(
          "this JVM lets no program handle signals; it needs the module jdk.unsupported (on the"
              + " module path: --add-modules jdk.unsupported)",
          e);
    }
  }

  /** The listeners of one loop, one for each signal, whose callbacks run on the loop. */
  static final class OfLoop {
    private final EventLoop loop;
    private final Map<String, Registration> registered = new HashMap<>();

    OfLoop(EventLoop loop) {
      this.loop = loop;
    }

    void set(String signal, Runnable callback) {
      Registration added =
          add(
              signal,
              () -> {
                if (!loop.isClosed()) {
                  loop.callSoonThreadsafe(callback);
                }
              });
      replace(signal, added);
    }

    /** Puts a registration in the place of the one for the same signal. */
    void replace(String signal, Registration added) {
      Registration before = registered.put(nameOf(signal), added);
      if (before != null) {
        before.remove();
      }
    }

    boolean remove(String signal) {
      Registration before = registered.remove(nameOf(signal));
      if (before != null) {
        before.remove();
      }
      return before != null;
    }

    /** Removes a registration unless another has taken its place. */
    void remove(String signal, Registration own) {
      own.remove();
      registered.remove(nameOf(signal), own);
    }

    boolean has(String signal) {
      return registered.containsKey(nameOf(signal));
    }

    void close() {
      new ArrayList<>(registered.keySet()).forEach(this::remove);
    }
  }
}
