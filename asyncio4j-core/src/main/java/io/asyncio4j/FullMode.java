package io.asyncio4j;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The mode in which each task is a virtual thread scheduled on the loop's own thread. */
final class FullMode implements CarrierMode {
  /* JDK 25 has no public way to give a virtual thread a scheduler. What is used here:
  ThreadBuilders.newVirtualThread(Executor, String, int, Runnable), VirtualThread.scheduler,
  VirtualThread.DEFAULT_SCHEDULER and VirtualThread.park(), all package-private in java.lang. */

  /** What to do where this mode cannot be had. */
  static final String REMEDY =
      "Start the JVM with --add-opens=java.base/java.lang=ALL-UNNAMED (on the module path:"
          + " --add-opens=java.base/java.lang=io.asyncio4j): add it to the java command, to argLine of"
          + " Surefire, or as the line 'Add-Opens: java.base/java.lang' to the manifest of a jar that"
          + " is run with java -jar";

  /** Of java.lang.Thread: the new thread takes no inheritable thread-locals of its creator. */
  private static final int NO_INHERIT_THREAD_LOCALS = 1 << 2;

  private static final MethodHandle NEW_VIRTUAL_THREAD;
  private static final MethodHandle SCHEDULER;

  /** Parks the thread that it is given, which is the caller. */
  static final MethodHandle PARK;

  private static final @Nullable Executor DEFAULT_SCHEDULER;
  private static final @Nullable Throwable UNAVAILABLE;

  static {
    MethodHandle newThread = null;
    MethodHandle scheduler = null;
    MethodHandle park = null;
    Executor defaultScheduler = null;
    Throwable unavailable = null;
    try {
      Method factory =
          Class.forName("java.lang.ThreadBuilders")
              .getDeclaredMethod(
                  "newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
      factory.setAccessible(true);
      newThread = MethodHandles.lookup().unreflect(factory);
      Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
      Field field = virtualThread.getDeclaredField("scheduler");
      field.setAccessible(true);
      scheduler =
          MethodHandles.lookup()
              .unreflectGetter(field)
              .asType(MethodType.methodType(Executor.class, Thread.class));
      Method parking = virtualThread.getDeclaredMethod("park");
      parking.setAccessible(true);
      park =
          MethodHandles.lookup()
              .unreflect(parking)
              .asType(MethodType.methodType(void.class, Thread.class));
      Field standard = virtualThread.getDeclaredField("DEFAULT_SCHEDULER");
      standard.setAccessible(true);
      defaultScheduler = (Executor) standard.get(null);
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      unavailable = e;
    }
    if (unavailable != null || newThread == null || scheduler == null || park == null) {
      MethodHandle none = MethodHandles.constant(Object.class, null);
      newThread = none;
      scheduler = none;
      park = none;
    }
    NEW_VIRTUAL_THREAD = newThread;
    SCHEDULER = scheduler;
    PARK = park;
    DEFAULT_SCHEDULER = defaultScheduler;
    UNAVAILABLE = unavailable;
  }

  /** Returns why this JVM does not have the mode, or null if it has. */
  static @Nullable Throwable unavailable() {
    return UNAVAILABLE;
  }

  @Override
  public LoopCarrier newCarrier(String loopName) {
    return new FullModeCarrier(loopName);
  }

  @Override
  public void requireFull() {}

  @Override
  public @Nullable Task<?> currentTask() {
    Thread thread = Thread.currentThread();
    if (!thread.isVirtual()) {
      return null;
    }
    try {
      Executor scheduler = (Executor) SCHEDULER.invokeExact(thread);
      // A virtual thread that a library started inside a task has the task's scheduler too.
      return scheduler instanceof FullModeThread carrier && carrier.carries(thread)
          ? carrier.task()
          : null;
    } catch (Throwable e) {
      throw new LinkageError("the scheduler of " + thread + " cannot be read", e);
    }
  }

  static Thread newVirtualThread(Executor scheduler, String name, Runnable body) {
    try {
      return (Thread)
          NEW_VIRTUAL_THREAD.invokeExact(scheduler, name, NO_INHERIT_THREAD_LOCALS, body);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("no virtual thread can be made", e);
    }
  }

  /** Hands a continuation that is not the loop's to the scheduler that virtual threads have. */
  static void runOnDefaultScheduler(Runnable continuation) {
    Executor scheduler = DEFAULT_SCHEDULER;
    if (scheduler == null) {
      throw new AssertionError("no thread of ours exists without the JDK's scheduler");
    }
    scheduler.execute(continuation);
  }
}
