package io.asyncio4j.cli;

import java.lang.reflect.Proxy;

/**
 * What Ctrl-C does while a command works: the first SIGINT, SIGTERM or SIGHUP asks the work to
 * stop, the next one ends the process at once with the exit code that the signal stands for.
 *
 * <p>A signal that was ignored when the process began (as with {@code nohup}) stays ignored.
 */
final class StopSignals {
  /*
  Shutdown hooks cannot tell a second signal: the JVM ignores it once it has begun to end. What can
  is sun.misc.Signal, which the JDK supports in the module jdk.unsupported, but which javac names
  with a warning that nothing switches off; hence by reflection.
  */

  private static final int FATAL_SIGNAL = 128;

  private final Runnable stop;
  private boolean asked;

  private StopSignals(Runnable stop) {
    this.stop = stop;
  }

  /**
   * Calls {@code stop} on the first signal from now on, on a thread of the JVM's.
   *
   * @throws IllegalStateException if this JVM lets no program handle signals
   */
  static void onFirst(Runnable stop) {
    StopSignals handler = new StopSignals(stop);
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (self, method, args) -> {
                switch (method.getName()) {
                  case "handle" ->
                      handler.received((int) signal.getMethod("getNumber").invoke(args[0]));
                  case "equals" -> {
                    return self == args[0];
                  }
                  case "hashCode" -> {
                    return System.identityHashCode(self);
                  }
                  default -> {
                    return "the signal handler of " + StopSignals.class;
                  }
                }
                return null;
              });
      for (String name : new String[] {"INT", "TERM", "HUP"}) {
        Object named = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, type).invoke(null, named, proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this JVM lets no program handle signals; it needs the module jdk.unsupported", e);
    }
  }

  private void received(int number) {
    synchronized (this) {
      if (!asked) {
        asked = true;
        stop.run();
        return;
      }
    }
    Runtime.getRuntime().halt(FATAL_SIGNAL + number);
  }
}
