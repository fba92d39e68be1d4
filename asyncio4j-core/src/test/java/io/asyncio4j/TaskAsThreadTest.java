package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the body of a task finds as in a thread of its own: thread-locals, classes and loaders. */
class TaskAsThreadTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  // ---- thread-locals

  private static final ThreadLocal<String> LOCAL = ThreadLocal.withInitial(() -> "initial");
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  @Test
  void threadLocal_setByTasksInTurns_isEachTasksOwn() {
    loop.run(
        () -> {
          LOCAL.set("main");
          List<Callable<String>> tasks = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            String own = "task " + i;
            tasks.add(
                () -> {
                  String found = LOCAL.get();
                  LOCAL.set(own);
                  sleep(Duration.ofSeconds(1)); // the others run meanwhile, on the same thread
                  return found + ", then " + LOCAL.get();
                });
          }
          List<String> seen = gather(tasks).await();
          for (int i = 0; i < 10; i++) {
            assertThat(seen.get(i)).isEqualTo("initial, then task " + i);
          }
          assertThat(LOCAL.get()).isEqualTo("main");
        });
    assertThat(LOCAL.get()).isEqualTo("initial");
  }

  @Test
  void threadLocal_setByATask_isNotSeenByCallbacksNorSetByThem() {
    loop.run(
        () -> {
          LOCAL.set("task");
          EventLoop.current()
              .callSoon(
                  () -> {
                    loop.mark(LOCAL.get());
                    LOCAL.set("callback");
                  });
          sleep(Duration.ZERO);
          loop.mark(LOCAL.get());
          EventLoop.current().callSoon(LOCAL::remove);
          sleep(Duration.ZERO);
        });
    assertThat(loop.trail()).containsExactly("initial", "task");
  }

  @Test
  void inheritableThreadLocal_ofTheCreator_isNotSeenByItsTasks() {
    loop.run(
        () -> {
          INHERITABLE.set("main");
          Task<@Nullable String> child = createTask(INHERITABLE::get);
          assertThat(child.await()).isNull();
          assertThat(INHERITABLE.get()).isEqualTo("main");
        });
  }

  // ---- classes

  /** What a plug-in offers; a loader of its own defines this class once more. */
  public static final class PlugIn implements Supplier<String> {
    private static final String INITIALISED_BY = Asyncio.currentTask() + "";

    @Override
    public String get() {
      return INITIALISED_BY;
    }
  }

  /** Has no class initialiser that ends well. */
  static final class Broken {
    static final int VALUE = Integer.parseInt("no number");

    private Broken() {}
  }

  /** Defines the plug-in itself, and finds it as a service. */
  private static final class PlugInLoader extends URLClassLoader {
    PlugInLoader(Path folder) throws IOException {
      super(new URL[] {folder.toUri().toURL()}, TaskAsThreadTest.class.getClassLoader());
      Path services = Files.createDirectories(folder.resolve("META-INF/services"));
      Files.writeString(services.resolve(Supplier.class.getName()), PlugIn.class.getName());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(PlugIn.class.getName())) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(file);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(file, e);
      }
    }
  }

  @Test
  void contextClassLoader_setByATask_isUsedForItsServicesAndNotByItsSiblings(@TempDir Path folder)
      throws Exception {
    try (PlugInLoader plugIns = new PlugInLoader(folder)) {
      loop.run(
          () -> {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Task<Class<?>> owner =
                createTask(
                    "owner",
                    () -> {
                      Thread.currentThread().setContextClassLoader(plugIns);
                      sleep(Duration.ofSeconds(1));
                      Supplier<?> found = ServiceLoader.load(Supplier.class).iterator().next();
                      assertThat(found.get()).asString().startsWith("Task 'owner'");
                      return found.getClass();
                    });
            Task<Long> sibling =
                createTask(
                    () -> {
                      sleep(Duration.ofSeconds(1));
                      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
                      return ServiceLoader.load(Supplier.class).stream().count();
                    });
            assertThat(owner.await().getClassLoader()).isSameAs(plugIns);
            assertThat(sibling.await()).isZero();
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
          });
    }
  }

  @Test
  void class_loadedByTwoTasksAtOnce_isOneAndInitialisedByTheFirst(@TempDir Path folder)
      throws Exception {
    try (PlugInLoader plugIns = new PlugInLoader(folder)) {
      loop.run(
          () -> {
            Callable<String> asks =
                () -> {
                  Class<?> loaded = Class.forName(PlugIn.class.getName(), true, plugIns);
                  Object made = loaded.getConstructor().newInstance();
                  return loaded.hashCode() + " " + ((Supplier<?>) made).get();
                };
            Task<String> first = createTask("first", asks);
            Task<String> second = createTask("second", asks);
            assertThat(first.await()).contains("Task 'first'").isEqualTo(second.await());
          });
    }
  }

  @Test
  void class_initialiserFails_isTheErrorOfTheFirstTaskAndStaysUnusable() {
    loop.run(
        () -> {
          Task<Integer> first = createTask(() -> Broken.VALUE);
          Task<Integer> second = createTask(() -> Broken.VALUE);
          assertThatThrownBy(first::await)
              .isInstanceOf(ExceptionInInitializerError.class)
              .hasCauseInstanceOf(NumberFormatException.class);
          assertThatThrownBy(second::await).isInstanceOf(NoClassDefFoundError.class);
        });
  }
}
