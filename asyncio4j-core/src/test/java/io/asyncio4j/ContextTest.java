package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Context variables belong to tasks, and hooks carry the thread-locals of other libraries. */
class ContextTest {
  static final ContextVar<String> USER = ContextVar.of("user", "nobody");
  private static final ContextVar<Integer> NUMBER = ContextVar.of("number");

  @RegisterExtension final TestLoop loop = new TestLoop();

  /** The diagnostic context of a logging library: a map in a thread-local. */
  private static final class Mdc {
    private static final ThreadLocal<Map<String, String>> MAP =
        ThreadLocal.withInitial(HashMap::new);

    static void put(String key, String value) {
      MAP.get().put(key, value);
    }

    static @Nullable String get(String key) {
      return MAP.get().get(key);
    }

    static Map<String, String> copy() {
      return new HashMap<>(MAP.get());
    }

    static void set(Map<String, String> values) {
      MAP.set(new HashMap<>(values));
    }

    static void clear() {
      MAP.remove();
    }
  }

  // ---- variables

  @Test
  void get_valueInitialAndNone() {
    loop.run(
        () -> {
          assertThat(USER.get()).isEqualTo("nobody");
          assertThat(USER.get("guest")).isEqualTo("guest");
          assertThat(NUMBER.get(7)).isEqualTo(7);
          assertThatThrownBy(NUMBER::get)
              .isInstanceOf(NoSuchElementException.class)
              .hasMessageContaining("'number'");
          NUMBER.set(1);
          assertThat(NUMBER.get()).isEqualTo(1);
          assertThat(NUMBER.get(7)).isEqualTo(1);
        });
  }

  @Test
  void reset_givesTheValueBeforeOrNone_once() {
    loop.run(
        () -> {
          ContextVar.Token<Integer> first = NUMBER.set(1);
          try (ContextVar.Token<Integer> second = NUMBER.set(2)) {
            assertThat(second.hasOldValue()).isTrue();
            assertThat(second.oldValue()).isEqualTo(1);
            assertThat(second.variable()).isSameAs(NUMBER);
            assertThat(NUMBER.get()).isEqualTo(2);
          }
          assertThat(NUMBER.get()).isEqualTo(1);
          assertThat(first.hasOldValue()).isFalse();
          assertThatThrownBy(first::oldValue).isInstanceOf(NoSuchElementException.class);
          NUMBER.reset(first);
          assertThat(NUMBER.get(0)).isEqualTo(0);
          assertThatThrownBy(() -> NUMBER.reset(first)).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void reset_withATokenOfAnotherVariableOrContext_throws() {
    ContextVar<Integer> other = ContextVar.of("other");
    loop.run(
        () -> {
          ContextVar.Token<Integer> token = NUMBER.set(1);
          ContextVar.Token<Integer> ofOther = other.set(1);
          assertThatThrownBy(() -> NUMBER.reset(ofOther))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("'other'");
          createTask(
                  () ->
                      assertThatThrownBy(() -> NUMBER.reset(token))
                          .isInstanceOf(IllegalArgumentException.class)
                          .hasMessageContaining("another context"))
              .await();
        });
  }

  // ---- who sees what

  @Test
  void createTask_startsWithACopyOfTheCreatorsContext_isolatedFromSiblings() {
    loop.run(
        () -> {
          USER.set("creator");
          Task<?> first =
              createTask(
                  () -> {
                    assertThat(USER.get()).isEqualTo("creator");
                    USER.set("first");
                    sleep(ofSeconds(1));
                    assertThat(USER.get()).isEqualTo("first");
                  });
          USER.set("creator, later"); // after the copy was made
          Task<?> second =
              createTask(
                  () -> {
                    assertThat(USER.get()).isEqualTo("creator, later");
                    sleep(ofSeconds(1));
                    assertThat(USER.get()).isEqualTo("creator, later");
                  });
          gather(first, second).await();
          assertThat(USER.get()).isEqualTo("creator, later");
          assertThat(first.context().get(USER)).isEqualTo("first");
        });
  }

  @Test
  void createTask_withAContext_runsInThatVeryOne() {
    loop.run(
        () -> {
          Context context = Context.empty();
          context.run(() -> USER.set("given"));
          Task<?> task =
              createTask(
                  TaskOptions.defaults().withContext(context),
                  () -> {
                    assertThat(USER.get()).isEqualTo("given");
                    USER.set("changed");
                  });
          task.await();
          assertThat(context.get(USER)).isEqualTo("changed");
          assertThat(task.context()).isSameAs(context);
          assertThat(USER.get()).isEqualTo("nobody");
        });
  }

  @Test
  void gather_withALimit_givesLaterTasksTheCreatorsContextToo() {
    loop.run(
        () -> {
          USER.set("creator");
          List<Callable<String>> work = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            work.add(
                () -> {
                  sleep(ofSeconds(1));
                  String seen = USER.get();
                  USER.set("changed");
                  return seen;
                });
          }
          assertThat(gather(limit(1), work).await())
              .containsExactly("creator", "creator", "creator");
        });
  }

  @Test
  void callbacks_runInACopyOfTheContextOfWhoRegisteredThem() {
    List<String> seen = new ArrayList<>();
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          Future<String> future = running.createFuture();
          USER.set("soon");
          running.callSoon(
              () -> {
                seen.add(USER.get());
                USER.set("changed by a callback");
                running.callSoon(() -> seen.add(USER.get()));
              });
          USER.set("later");
          running.callLater(ofSeconds(1), () -> seen.add(USER.get()));
          USER.set("done");
          future.addDoneCallback(_ -> seen.add(USER.get()));
          USER.set("who sets the result");
          future.setResult("result");
          sleep(ofSeconds(2));
          assertThat(USER.get()).isEqualTo("who sets the result");
        });
    assertThat(seen).containsExactly("soon", "done", "changed by a callback", "later");
  }

  @Test
  void callback_ofATaskWithoutValues_seesNoneOfAnothersAndLeavesNone() {
    List<String> seen = new ArrayList<>();
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          running.callSoon(() -> USER.set("left behind"));
          running.callSoon(() -> seen.add(USER.get()));
          sleep(ZERO);
          createTask(() -> seen.add(USER.get())).await();
        });
    assertThat(seen).containsExactly("nobody", "nobody");
  }

  @Test
  void removeDoneCallback_registeredInAContextWithValues_removesIt() {
    loop.run(
        () -> {
          USER.set("somebody");
          Future<String> future = EventLoop.current().createFuture();
          java.util.function.Consumer<Future<String>> callback = _ -> loop.mark("not reached");
          future.addDoneCallback(callback);
          future.addDoneCallback(callback);
          assertThat(future.removeDoneCallback(callback)).isEqualTo(2);
          future.setResult("result");
          sleep(ZERO);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void toThreadAndSubmit_carryTheContextOfTheCaller() throws Exception {
    loop.run(
        () -> {
          USER.set("caller");
          String seen =
              toThread(
                  () -> {
                    String before = USER.get();
                    USER.set("changed on the thread");
                    return before;
                  });
          assertThat(seen).isEqualTo("caller");
          assertThat(USER.get()).isEqualTo("caller");
          EventLoop running = EventLoop.current();
          CompletableFuture<String> submitted =
              toThread(
                  () -> {
                    USER.set("submitter");
                    return running.submit(() -> USER.get());
                  });
          while (!submitted.isDone()) {
            sleep(ZERO);
          }
          assertThat(submitted.get()).isEqualTo("submitter");
        });
  }

  @Test
  void run_mainTaskStartsWithTheContextOfTheThread_andKeepsItAcrossRuns() {
    Context.empty()
        .run(
            () -> {
              USER.set("thread");
              try (Runner runner = new Runner(loop.options())) {
                runner.run(
                    () -> {
                      assertThat(USER.get()).isEqualTo("thread");
                      USER.set("first run");
                    });
                runner.run(() -> assertThat(USER.get()).isEqualTo("first run"));
              }
              assertThat(USER.get()).isEqualTo("thread");
            });
    assertThat(USER.get()).isEqualTo("nobody");
  }

  // ---- contexts

  @Test
  void contextRun_inATask_maySuspend_andKeepsWhatIsSetInIt() {
    loop.run(
        () -> {
          USER.set("outside");
          Context context = Context.copyCurrent();
          String result =
              context.run(
                  () -> {
                    assertThat(USER.get()).isEqualTo("outside");
                    USER.set("inside");
                    sleep(ofSeconds(1));
                    return createTask(() -> USER.get()).await();
                  });
          assertThat(result).isEqualTo("inside");
          assertThat(USER.get()).isEqualTo("outside");
          assertThat(context.get(USER)).isEqualTo("inside");
          assertThat(context.contains(NUMBER)).isFalse();
          assertThat(context.variables()).containsExactly(USER);
          assertThatThrownBy(() -> context.get(NUMBER)).isInstanceOf(NoSuchElementException.class);
          Context copy = context.copy();
          copy.run(() -> USER.set("in the copy"));
          assertThat(context.get(USER)).isEqualTo("inside");
        });
  }

  @Test
  void contextRun_enteredAlready_throws() {
    loop.run(
        () -> {
          Context context = Context.empty();
          context.run(
              () ->
                  assertThatThrownBy(() -> context.run(() -> loop.mark("not reached")))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("entered already"));
          context.run(() -> loop.mark("again"));
          Context own = createTask(() -> loop.mark("task")).context();
          assertThat(own).isNotNull();
          Task<?> current = java.util.Objects.requireNonNull(Asyncio.currentTask());
          assertThatThrownBy(() -> current.context().run(() -> loop.mark("not reached")))
              .isInstanceOf(IllegalStateException.class);
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("again", "task");
  }

  @Test
  void contextRun_inACallbackAndOnAThread_isLeftAfterwards() {
    Context context = Context.empty();
    context.run(() -> USER.set("in the context"));
    assertThat(USER.get()).isEqualTo("nobody");
    List<String> seen = new ArrayList<>();
    loop.run(
        () -> {
          EventLoop.current()
              .callSoon(
                  () -> {
                    context.run(() -> seen.add(USER.get()));
                    seen.add(USER.get());
                  });
          sleep(ZERO);
        });
    assertThat(seen).containsExactly("in the context", "nobody");
  }

  // ---- hooks

  private static LoopOptions withMdc(LoopOptions base) {
    ContextHook mdc =
        () -> {
          Map<String, String> ofCreator = Mdc.copy();
          return () -> {
            Mdc.set(ofCreator);
            return Mdc::clear;
          };
        };
    LoopOptions options = LoopOptions.defaults().withContextHook(mdc);
    return base.withContextHook(options.contextHooks().getFirst());
  }

  @Test
  void hook_carriesThreadLocalsIntoTasksAndThreads() throws Exception {
    try (Runner runner = new Runner(withMdc(loop.options()))) {
      Mdc.put("request", "17");
      try {
        runner.run(
            () -> {
              assertThat(Mdc.get("request")).isEqualTo("17");
              Mdc.put("request", "18");
              Task<@Nullable String> child =
                  createTask(
                      () -> {
                        String seen = Mdc.get("request");
                        Mdc.put("request", "changed");
                        return seen;
                      });
              sleep(ZERO);
              assertThat(child.await()).isEqualTo("18");
              assertThat(Mdc.get("request")).isEqualTo("18");
              String onThread = toThread(() -> String.valueOf(Mdc.get("request")));
              assertThat(onThread).isEqualTo("18");
              List<Callable<String>> work =
                  java.util.Collections.nCopies(
                      3, () -> sleep(ofSeconds(1), String.valueOf(Mdc.get("request"))));
              assertThat(gather(limit(1), work).await()).containsExactly("18", "18", "18");
              Task<String> eager =
                  createTask(TaskOptions.eager(), () -> String.valueOf(Mdc.get("request")));
              assertThat(eager.result()).isEqualTo("18");
            });
      } finally {
        Mdc.clear();
      }
    }
  }

  @Test
  void hook_closesOnTheThreadThatItRestoredOn_inReverseOrder() throws Exception {
    List<String> steps = new ArrayList<>();
    LoopOptions options = loop.options();
    for (String name : List.of("a", "b")) {
      options =
          options.withContextHook(
              () -> {
                steps.add("capture " + name);
                return () -> {
                  Thread restoredOn = Thread.currentThread();
                  steps.add("restore " + name);
                  return () -> {
                    assertThat(Thread.currentThread()).isSameAs(restoredOn);
                    steps.add("close " + name);
                  };
                };
              });
    }
    try (EventLoop byHand = EventLoop.create(options)) {
      Task<?> task =
          byHand.createTask(
              () -> {
                steps.add("body");
                throw new IllegalStateException("body failed");
              });
      assertThatThrownBy(() -> byHand.runUntilComplete(task)).hasMessage("body failed");
    }
    assertThat(steps)
        .containsExactly(
            "capture a", "capture b", "restore a", "restore b", "body", "close b", "close a");
  }

  @Test
  void hook_thatFails_captureAtTheCreator_restoreInTheTask_closeIsReported() {
    boolean[] fails = new boolean[3];
    ContextHook hook =
        () -> {
          failIf(fails[0], "capture");
          return () -> {
            failIf(fails[1], "restore");
            return () -> failIf(fails[2], "close");
          };
        };
    List<LoopErrorContext> reports = new ArrayList<>();
    try (Runner runner = new Runner(loop.options().withContextHook(hook))) {
      runner.loop().exceptionHandler(reports::add);
      runner.run(
          () -> {
            fails[0] = true;
            assertThatThrownBy(() -> createTask(() -> loop.mark("not reached")))
                .hasMessage("capture");
            fails[0] = false;
            fails[1] = true;
            assertThatThrownBy(() -> createTask(() -> loop.mark("not reached")).await())
                .hasMessage("restore");
            fails[1] = false;
            fails[2] = true;
            assertThat(createTask(() -> "value").await()).isEqualTo("value");
            fails[2] = false;
          });
    }
    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.message()).contains("hook"));
    assertThat(loop.trail()).isEmpty();
  }

  private static void failIf(boolean fails, String what) {
    if (fails) {
      throw new IllegalStateException(what);
    }
  }
}
