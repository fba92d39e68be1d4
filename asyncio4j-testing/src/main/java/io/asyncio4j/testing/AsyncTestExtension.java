package io.asyncio4j.testing;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.ThrowingCallable;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** What JUnit does for an {@link AsyncTest}. */
final class AsyncTestExtension
    implements TestTemplateInvocationContextProvider,
        BeforeEachCallback,
        AfterEachCallback,
        InvocationInterceptor,
        ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(AsyncTestExtension.class);

  /** In the store of the test template: that one of its invocations has failed. */
  private static final String FAILED = "failed";

  /** In the store of an invocation: the seed, empty for the loop's own order. */
  private static final String SEED = "seed";

  /** In the store of an invocation: its {@link Running}. */
  private static final String RUNNING = "running";

  private record Running(TestScope scope, TestRun run, @Nullable LeakedThreads threads) {}

  private AsyncTestExtension() {}

  // ---- how often, and with which seeds

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return !isOtherTemplate(context);
  }

  /** Tells whether another annotation decides how often the test runs. */
  private static boolean isOtherTemplate(ExtensionContext context) {
    return Arrays.stream(context.getRequiredTestMethod().getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(
            type ->
                !AnnotationSupport.isAnnotated(type, AsyncTest.class)
                    && type != AsyncTest.class
                    && AnnotationSupport.isAnnotated(type, TestTemplate.class));
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return seeds(context)
        .<TestTemplateInvocationContext>map(Invocation::new)
        // JUnit runs each before it asks for the next, unless tests run in parallel.
        .takeWhile(_ -> store(context).get(FAILED) == null);
  }

  private static Stream<OptionalLong> seeds(ExtensionContext context) {
    OptionalLong asked = Seeds.fromProperty();
    if (asked.isPresent()) {
      return Stream.of(asked);
    }
    AsyncTest test = annotation(context);
    if (test.seed().length > 0) {
      if (test.seeds() > 0) {
        throw new ExtensionConfigurationException(
            "@AsyncTest has both seed and seeds; give one of them");
      }
      return LongStream.of(test.seed()).mapToObj(OptionalLong::of);
    }
    if (test.seeds() < 0) {
      throw new ExtensionConfigurationException(
          "@AsyncTest(seeds = " + test.seeds() + ") is negative");
    }
    return Stream.concat(
        Stream.of(OptionalLong.empty()),
        LongStream.rangeClosed(1, test.seeds()).mapToObj(OptionalLong::of));
  }

  private record Invocation(OptionalLong seed) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int invocationIndex) {
      return seed.isPresent() ? "seed " + seed.getAsLong() : "in order";
    }

    @Override
    public void prepareInvocation(ExtensionContext context) {
      store(context).put(SEED, seed);
    }
  }

  private static OptionalLong seed(ExtensionContext context) {
    OptionalLong seed = store(context).get(SEED, OptionalLong.class);
    if (seed != null) {
      return seed;
    }
    List<OptionalLong> all = seeds(context).toList(); // another template decides how often
    if (all.size() > 1) {
      throw new ExtensionConfigurationException(
          "@AsyncTest with several seeds cannot be combined with @ParameterizedTest or"
              + " @RepeatedTest on one method; use @ParameterizedClass, or one seed");
    }
    return all.getFirst();
  }

  // ---- before and after

  @Override
  public void beforeEach(ExtensionContext context) {
    AsyncTest test = annotation(context);
    TestScope scope = new TestScope();
    scope.shuffleBy(seed(context));
    scope.clock().autojump(test.autojump());
    LoopOptions options =
        LoopOptions.defaults()
            .withName(context.getRequiredTestMethod().getName())
            .withClock(scope.clock());
    if (scope.seed().isPresent()) {
      options = options.withShuffle(scope.seed().getAsLong());
    }
    LeakedThreads threads = LeakedThreads.unlessParallel(context);
    TestRun run =
        new TestRun(
            scope,
            options,
            new TestRun.Limits(
                duration("timeLimit", test.timeLimit()),
                duration("realTimeLimit", test.realTimeLimit()),
                TestRun.Limits.DEFAULT.cushion()));
    store(context).put(RUNNING, new Running(scope, run, threads));
  }

  private static Duration duration(String element, String value) {
    try {
      return Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw new ExtensionConfigurationException(
          "@AsyncTest(" + element + " = \"" + value + "\") is no duration such as \"PT10S\"", e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Running running = store(context).remove(RUNNING, Running.class);
    if (running == null) {
      return; // it could not be made
    }
    Throwable failure = context.getExecutionException().orElse(null);
    try {
      running.run().close();
      if (failure == null) {
        running.scope().checkAtEnd(running.threads());
      }
    } catch (Exception | Error e) {
      if (failure == null) {
        failure = e;
        switch (withSeed(e, running.scope())) {
          case Error error -> throw error;
          case Throwable exception -> throw (Exception) exception;
        }
      }
      failure.addSuppressed(e); // one more must not hide the first
    } finally {
      if (failure != null) {
        context.getParent().ifPresent(template -> store(template).put(FAILED, true));
      }
    }
  }

  // ---- the methods

  @Override
  public void interceptBeforeEachMethod(
      InvocationInterceptor.Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    onLoop(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      InvocationInterceptor.Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    onLoop(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      InvocationInterceptor.Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    onLoop(invocation, context);
  }

  private static void onLoop(
      InvocationInterceptor.Invocation<@Nullable Void> invocation, ExtensionContext context)
      throws Throwable {
    Running running = store(context).get(RUNNING, Running.class);
    if (running == null || running.run().isAbandoned()) {
      invocation.proceed();
      return;
    }
    ThrowingCallable<@Nullable Void, Exception> body =
        () -> {
          try {
            return invocation.proceed();
          } catch (Exception | Error e) {
            throw e;
          } catch (Throwable e) {
            throw new IllegalStateException("the test threw what is neither", e);
          }
        };
    try {
      running.run().run(body);
    } catch (Throwable e) { // what any test may throw
      throw withSeed(e, running.scope());
    }
  }

  /** Returns a failure that says with which seed it came, and how to have it again. */
  private static Throwable withSeed(Throwable failure, TestScope scope) {
    return scope.seed().isPresent() ? SeedFailure.of(scope.seed().getAsLong(), failure) : failure;
  }

  // ---- parameters

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return store(context).get(RUNNING) != null
        && (type == TestScope.class || type == VirtualClock.class || type == EventLoop.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running = store(context).get(RUNNING, Running.class);
    if (running == null) {
      throw new IllegalStateException("supportsParameter was not asked");
    }
    Class<?> type = parameter.getParameter().getType();
    if (type == EventLoop.class) {
      return running.run().loop();
    }
    return type == VirtualClock.class ? running.scope().clock() : running.scope();
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  private static AsyncTest annotation(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), AsyncTest.class)
        .orElseThrow(() -> new AssertionError("only @AsyncTest registers this extension"));
  }
}
