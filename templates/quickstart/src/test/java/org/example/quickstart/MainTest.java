package org.example.quickstart;

import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.AsyncTest;
import io.asyncio4j.testing.TestScope;
import java.time.Duration;

class MainTest {
  @AsyncTest
  void sumOfSquares_ofTwenty_is2870() {
    assertEquals(2870, Main.sumOfSquares(20));
  }

  @AsyncTest
  void timeout_ofAnHour_takesNoTime(TestScope scope) {
    assertThrows(
        TimeoutException.class,
        () -> timeout(Duration.ofHours(1), () -> sleep(Duration.ofHours(2))));
    scope.assertElapsed(Duration.ofHours(1));
  }
}
