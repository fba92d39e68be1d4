package io.asyncio4j.cli;

import sun.misc.Signal;

/**
 * What Ctrl-C does while a command works: the first SIGINT, SIGTERM or SIGHUP asks the work to
 * stop, the next one ends the process at once with the exit code that the signal stands for.
 *
 * <p>A signal that was ignored when the process began (as with {@code nohup}) stays ignored.
 */
// Shutdown hooks cannot tell a second signal: the JVM ignores it once it has begun to end.
@SuppressWarnings("sunapi")
final class StopSignals {
  private static final int FATAL_SIGNAL = 128;

  private StopSignals() {}

  /**
   * Calls {@code stop} on the first signal, on a thread of the JVM's. For the rest of the process,
   * which does one piece of work.
   */
  static void onFirst(Runnable stop) {
    StopRequest request = new StopRequest(stop);
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      Signal.handle(new Signal(name), request::received);
    }
  }

  private static final class StopRequest {
    private final Runnable stop;
    private boolean asked;

    StopRequest(Runnable stop) {
      this.stop = stop;
    }

    void received(Signal signal) {
      synchronized (this) {
        if (!asked) {
          asked = true;
          stop.run();
          return;
        }
      }
      Runtime.getRuntime().halt(FATAL_SIGNAL + signal.getNumber());
    }
  }
}
