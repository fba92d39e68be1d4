package io.asyncio4j.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes that are meant to fail, and tells how each of their tests ended. */
final class PlantedTests {
  private PlantedTests() {}

  /** How one test, or container that could not run its tests, ended. */
  record Outcome(String name, Status status, @Nullable Throwable failure) {
    String message() {
      return failure == null ? "" : String.valueOf(failure.getMessage());
    }
  }

  static List<Outcome> run(Class<?> planted) {
    List<Outcome> outcomes = new ArrayList<>();
    TestExecutionListener listener =
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest() || result.getStatus() != Status.SUCCESSFUL) {
              outcomes.add(
                  new Outcome(
                      test.getDisplayName(),
                      result.getStatus(),
                      result.getThrowable().orElse(null)));
            }
          }
        };
    Launcher launcher =
        LauncherFactory.create(
            LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build());
    launcher.execute(
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(planted)).build(),
        listener);
    return outcomes;
  }

  /** Runs a class whose only test is run once. */
  static Outcome runOne(Class<?> planted) {
    List<Outcome> outcomes = run(planted);
    if (outcomes.size() != 1) {
      throw new AssertionError("expected one test, but: " + outcomes);
    }
    return outcomes.getFirst();
  }
}
