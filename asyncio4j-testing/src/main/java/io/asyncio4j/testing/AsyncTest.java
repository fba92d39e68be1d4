package io.asyncio4j.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method whose body is the main task of a loop on virtual time.
 *
 * {@snippet :
 * @AsyncTest
 * void waitFor_tooSlow_timesOut(TestScope scope) {
 *   assertThrows(
 *       TimeoutException.class, () -> waitFor(() -> sleep(ofDays(1), "late"), ofSeconds(10)));
 *   scope.assertElapsed(ofSeconds(10));
 * }
 * }
 *
 * <p>The test fails
 *
 * <ul>
 *   <li>if its tasks wait for one another, or for what nobody gives, so that it can never end: with
 *       who waits for what, held by whom, and where;
 *   <li>if it passes its {@link #timeLimit() limit of virtual time} or its {@link #realTimeLimit()
 *       limit of real time}: with what it was doing;
 *   <li>if it leaves tasks pending, with where they were created and what they wait for;
 *   <li>if the loop's exception handler was told of something that the test did not take;
 *   <li>if platform threads are left behind that were started meanwhile, but for those of the JVM
 *       itself. Not where JUnit runs tests in parallel, since whose they are cannot be told.
 * </ul>
 *
 * <p>{@code @BeforeEach} and {@code @AfterEach} methods of the test run on the same loop, before
 * and after it, and may start tasks that live meanwhile. Test methods and these have parameters of
 * the types {@link TestScope}, {@link VirtualClock} and {@link io.asyncio4j.EventLoop}.
 *
 * <p><b>Seeds.</b> With {@link #seeds()} the test runs many times, each with another order of the
 * tasks that are ready at the same time, until one fails. Its failure names the seed. The same seed
 * gives the same order again: put {@code @AsyncTest(seed = N)} on the test, or start the JVM with
 * {@code -Dasyncio4j.seed=N}, which holds for all tests of the run. What suspends in blocking calls
 * of other libraries comes back in an order that no seed rules.
 *
 * <p>Where the method is a {@code @ParameterizedTest} or {@code @RepeatedTest} as well, that
 * decides how often it runs; seeds beside it must be one at most. In a {@code @ParameterizedClass}
 * all is allowed.
 *
 * <p>Tests that run a loop by hand use {@link TestLoop}.
 *
 * <p>Counterpart of {@code unittest.IsolatedAsyncioTestCase}, but in virtual time, and with the
 * checks.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(AsyncTestExtension.class)
public @interface AsyncTest {
  /**
   * Returns how many shuffled orders the test runs with, after the loop's own.
   *
   * @return the number; the seeds are those from 1 on
   */
  int seeds() default 0;

  /**
   * Returns the seeds that the test runs with, instead of the loop's own order.
   *
   * @return the seeds
   */
  long[] seed() default {};

  /**
   * Returns the time that the test may take by its loop's clock, in the form of {@link
   * java.time.Duration#parse}. The time by which it moves the clock on purpose is not counted.
   *
   * @return the limit; two days where none is given
   */
  String timeLimit() default "P2D";

  /**
   * Returns the real time that the test may take before it is ended and fails with what it was
   * doing, in the form of {@link java.time.Duration#parse}. Under a debugger there is no limit.
   *
   * @return the limit; 30 seconds where none is given
   */
  String realTimeLimit() default "PT30S";

  /**
   * Tells whether the clock jumps to the next timer by itself, as {@link VirtualClock#autojump()}
   * does.
   *
   * @return whether it does; true where nothing is given
   */
  boolean autojump() default true;
}
