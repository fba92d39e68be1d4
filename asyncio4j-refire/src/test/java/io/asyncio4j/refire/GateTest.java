package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GateTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Gate risenTo(int places) {
    Gate gate = new Gate(places);
    for (int i = 1; i < places; i++) {
      try (Gate.Place place = gate.enter()) {
        place.wasGood();
      }
    }
    leave(fill(gate), 0); // so that a round begins
    assertThat(gate.ceiling()).isEqualTo(places);
    return gate;
  }

  private static List<Gate.Place> fill(Gate gate) {
    List<Gate.Place> places = new ArrayList<>();
    while (gate.inside() < gate.ceiling()) {
      places.add(gate.enter());
    }
    return places;
  }

  private static void leave(List<Gate.Place> places, int bad) {
    leave(places, bad, true);
  }

  private static void leave(List<Gate.Place> places, int bad, boolean overload) {
    for (int i = 0; i < places.size(); i++) {
      if (i < bad) {
        places.get(i).wasBad(overload);
      } else {
        places.get(i).wasGood();
      }
      places.get(i).close();
    }
  }

  @Test
  void enter_atFirst_letsOneIn() {
    Gate gate = new Gate(16);
    assertThat(gate.ceiling()).isEqualTo(1);
    assertThat(fill(gate)).hasSize(1);
  }

  @Test
  void wasBad_wholeBurst_halvesOnce() {
    Gate gate = risenTo(16);
    leave(fill(gate), 16);
    assertThat(gate.ceiling()).isEqualTo(8);
    leave(fill(gate), 8);
    assertThat(gate.ceiling()).isEqualTo(4);
  }

  @Test
  void wasBad_requestsOfTheRoundBefore_doNotCountAgain() {
    Gate gate = risenTo(16);
    List<Gate.Place> first = fill(gate);
    leave(first.subList(0, 8), 8);
    List<Gate.Place> second = new ArrayList<>(fill(gate));
    leave(first.subList(8, 16), 8);
    assertThat(gate.ceiling()).isEqualTo(8);
    leave(second, second.size());
    assertThat(gate.ceiling()).isEqualTo(8);
  }

  @Test
  void wasBad_oneInSixteen_takesAThirtySecond() {
    Gate gate = risenTo(16);
    leave(fill(gate), 1);
    assertThat(gate.ceiling()).isEqualTo(15);
  }

  @Test
  void wasBad_brokenPages_takeNothingUnlessTheyAreMost() {
    Gate gate = risenTo(16);
    leave(fill(gate), 8, false);
    assertThat(gate.ceiling()).isEqualTo(16);
    leave(fill(gate), 16, false);
    assertThat(gate.ceiling()).isEqualTo(8);
  }

  @Test
  void wasGood_brokenPagesInBetween_goesOnToDouble() {
    Gate gate = new Gate(100);
    for (int i = 0; i < 5; i++) {
      List<Gate.Place> places = fill(gate);
      leave(places, places.size() / 4, false);
    }
    assertThat(gate.ceiling()).isGreaterThan(16);
  }

  @Test
  void wasGood_afterTrouble_risesAgainByOneARound() {
    Gate gate = risenTo(16);
    leave(fill(gate), 16);
    for (int expected = 8; expected <= 12; expected++) {
      assertThat(gate.ceiling()).isBetween(expected - 1, expected);
      leave(fill(gate), 0);
    }
  }

  @Test
  void enter_full_waitsInOrder() {
    loop.run(
        () -> {
          Gate gate = new Gate(1);
          Gate.Place first = gate.enter();
          Task<?> a = enter(gate, "a");
          Task<?> b = enter(gate, "b");
          Asyncio.sleep(Duration.ZERO);
          first.close();
          a.await();
          b.await();
          assertThat(loop.trail()).containsExactly("a", "b");
          assertThat(gate.inside()).isZero();
        });
  }

  @Test
  void enter_cancelled_givesItsPlaceToTheNext() {
    loop.run(
        () -> {
          Gate gate = new Gate(1);
          Gate.Place first = gate.enter();
          Task<?> a = enter(gate, "a");
          Task<?> b = enter(gate, "b");
          Asyncio.sleep(Duration.ZERO);
          first.close();
          a.cancel();
          b.await();
          assertThat(loop.trail()).containsExactly("b");
          assertThat(gate.inside()).isZero();
          assertThat(a.isCancelled()).isTrue();
        });
  }

  private Task<?> enter(Gate gate, String name) {
    return Asyncio.createTask(
        () -> {
          try (Gate.Place place = gate.enter()) {
            loop.mark(name);
            place.wasGood();
          }
        });
  }
}
