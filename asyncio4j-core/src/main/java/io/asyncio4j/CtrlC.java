package io.asyncio4j;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C does while a runner runs a main task: the first cancels it, the second ends the run,
 * the third does what it would without us, which is to end the process.
 */
final class CtrlC {
  /* From asyncio 3.14's runners.py. Python's second KeyboardInterrupt is raised in whatever the loop runs;
  here the task that holds the loop's thread is interrupted. */

  private static final String SIGNAL = "INT";

  private final EventLoop loop;
  private final Task<?> main;
  private final AtomicInteger received = new AtomicInteger();
  private SignalHandlers.@Nullable Registration registration;
  private volatile boolean endsRun;
  private volatile boolean over;

  private CtrlC(EventLoop loop, Task<?> main) {
    this.loop = loop;
    this.main = main;
  }

  /** Runs the body of a run while Ctrl-C is handled, unless the program handles or ignores it. */
  static <T extends @Nullable Object, X extends Exception> T during(
      EventLoop loop, Task<?> main, ThrowingCallable<T, X> run) throws X {
    CtrlC ctrlC = new CtrlC(loop, main);
    SignalHandlers.Registration registration = SignalHandlers.addIfDefault(SIGNAL, ctrlC::received);
    if (registration == null) {
      return run.call();
    }
    ctrlC.registration = registration;
    loop.signals().replace(SIGNAL, registration);
    try {
      T result = run.call();
      if (ctrlC.endsRun) {
        throw ctrlC.interrupted(null);
      }
      return result;
    } catch (KeyboardInterruptException e) {
      throw e;
    } catch (CancellationException e) {
      throw ctrlC.received.get() > 0 && main.isCancelled() && main.uncancel() == 0
          ? ctrlC.interrupted(e)
          : e;
    } catch (IllegalStateException e) {
      throw ctrlC.endsRun && !main.isDone() ? ctrlC.interrupted(e) : e;
    } finally {
      ctrlC.over = true;
      loop.signals().remove(SIGNAL, registration);
    }
  }

  private KeyboardInterruptException interrupted(@Nullable Throwable cause) {
    return new KeyboardInterruptException(
        "Ctrl-C ended the run of loop " + loop.name() + (main.isDone() ? "" : " before " + main),
        cause);
  }

  /** Handles one signal, on a thread of the JVM's. */
  private void received() {
    switch (received.incrementAndGet()) {
      case 1 -> loop.callSoonThreadsafe(this::cancelMain);
      case 2 -> {
        endRun();
        loop.callSoonThreadsafe(this::stopRun);
        loop.interruptMounted();
      }
      default -> {
        SignalHandlers.Registration own = registration;
        if (own != null) {
          own.remove();
        }
        SignalHandlers.raise(SIGNAL);
      }
    }
  }

  private void cancelMain() {
    if (main.isDone()) {
      endRun(); // too late to cancel it; the run must not return as if nothing had been asked
    } else {
      main.cancel("Ctrl-C");
    }
  }

  private void stopRun() {
    if (!over) { // else it would stop the next run
      loop.stop();
    }
  }

  private void endRun() {
    endsRun = true;
  }
}
