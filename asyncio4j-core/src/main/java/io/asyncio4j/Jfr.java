package io.asyncio4j;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * The events that a loop gives to Flight Recorder.
 *
 * <p>An instance exists only once a recording was begun: to load the first event class takes a
 * tenth of a second.
 */
final class Jfr {
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final String loop;

  private Jfr(String loop) {
    this.loop = loop;
  }

  /** Returns what records the events of a loop, or null if no recording was begun in this JVM. */
  static @Nullable Jfr ifRecording(String loop) {
    return PRESENT && FlightRecorder.isInitialized() ? new Jfr(loop) : null;
  }

  void started(Task<?> task) {
    new Mark().commit();
    TaskStart event = new TaskStart();
    if (event.shouldCommit()) {
      event.loop = loop;
      event.task = task.name();
      event.commit();
    }
  }

  void ended(Task<?> task) {
    TaskEnd event = new TaskEnd();
    if (event.shouldCommit()) {
      event.loop = loop;
      event.task = task.name();
      event.state = task.state().name();
      event.commit();
    }
  }

  /** Lets an entry of the ready queue do its work, and records that. */
  void fire(ReadyNode node) {
    Task<?> task = node instanceof TaskThread thread ? thread.task() : null;
    if (task != null) {
      TaskResume resume = new TaskResume();
      if (resume.shouldCommit()) {
        resume.loop = loop;
        resume.task = task.name();
        resume.commit();
      }
    }
    SlowStep step = new SlowStep();
    step.begin();
    node.fire();
    step.end();
    boolean slow = step.shouldCommit();
    TaskSuspend suspend = new TaskSuspend();
    boolean suspended = task != null && !task.isDone() && suspend.shouldCommit();
    if (slow || suspended) {
      new Mark().commit();
    }
    if (slow) {
      step.loop = loop;
      step.task = task == null ? null : task.name();
      step.commit();
    }
    if (task != null && suspended) {
      Future<?> waiter = task.waiter();
      suspend.loop = loop;
      suspend.task = task.name();
      suspend.waitsFor = waiter == null ? null : waiter.describe();
      suspend.commit();
    }
  }

  /**
   * What is written before another event. JDK 25 drops the first event that a thread writes after
   * it carried a virtual thread that wrote one.
   */
  @Name("io.asyncio4j.Mark")
  @Label("Mark")
  @Category("asyncio4j")
  @Description("Comes before a Slow Step or a Task Suspend and says nothing by itself")
  @StackTrace(false)
  static final class Mark extends Event {}

  @Name("io.asyncio4j.TaskStart")
  @Label("Task Start")
  @Category("asyncio4j")
  @Description("A task was created; its body begins in the loop's next turn")
  @StackTrace(false)
  static final class TaskStart extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;
  }

  @Name("io.asyncio4j.TaskEnd")
  @Label("Task End")
  @Category("asyncio4j")
  @StackTrace(false)
  static final class TaskEnd extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;

    @Label("State")
    @Description("SUCCESS, FAILED or CANCELLED")
    @Nullable String state;
  }

  @Name("io.asyncio4j.SlowStep")
  @Label("Slow Step")
  @Category("asyncio4j")
  @Description("A task or a callback held the loop")
  @StackTrace(false)
  @Threshold("100 ms")
  static final class SlowStep extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Description("Empty for a callback")
    @Nullable String task;
  }

  @Name("io.asyncio4j.TaskResume")
  @Label("Task Resume")
  @Category("asyncio4j")
  @StackTrace(false)
  @Enabled(false)
  static final class TaskResume extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;
  }

  @Name("io.asyncio4j.TaskSuspend")
  @Label("Task Suspend")
  @Category("asyncio4j")
  @StackTrace(false)
  @Enabled(false)
  static final class TaskSuspend extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;

    @Label("Waits For")
    @Description("What it awaits in this library; empty in a blocking call of another")
    @Nullable String waitsFor;
  }
}
