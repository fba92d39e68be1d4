package io.asyncio4j.dns;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import io.asyncio4j.fixtures.ForkedJvm;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("foreign-blocking")
class OffLoopResolverTest {
  private static final InetAddressResolver.LookupPolicy ANY =
      InetAddressResolver.LookupPolicy.of(
          InetAddressResolver.LookupPolicy.IPV4 | InetAddressResolver.LookupPolicy.IPV6);

  /** A name server that answers when it is told to, and says on which thread it was asked. */
  private static final class SlowResolver implements InetAddressResolver {
    final CountDownLatch answer = new CountDownLatch(1);
    final BlockingQueue<Thread> asked = new ArrayBlockingQueue<>(10);

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      await();
      if (host.startsWith("missing")) {
        throw new UnknownHostException(host);
      }
      return Stream.of(InetAddress.getByAddress(host, new byte[] {10, 0, 0, 1}));
    }

    @Override
    public String lookupByAddress(byte[] address) {
      await();
      return "host-" + address[3];
    }

    private void await() {
      asked.add(Thread.currentThread());
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new AssertionError("a look-up was interrupted", e);
      }
    }
  }

  private final SlowResolver slow = new SlowResolver();
  private final OffLoopResolver resolver = new OffLoopResolver(slow);

  private String address(String host) throws UnknownHostException {
    return resolver.lookupByName(host, ANY).findFirst().orElseThrow().getHostAddress();
  }

  /** Suspends until a look-up is under way. */
  private Thread untilAsked() {
    while (true) {
      Thread asked = slow.asked.poll();
      if (asked != null) {
        return asked;
      }
      sleep(Duration.ofMillis(1));
    }
  }

  @Test
  void lookupByName_ofATask_leavesTheLoopToOthers() {
    Asyncio.run(
        () -> {
          Task<String> looking = createTask(() -> address("a.example"));
          Thread asked = untilAsked();
          assertThat(asked.isVirtual()).isFalse();
          assertThat(asked.getName()).startsWith("host-name-lookup-");
          assertThat(looking.isDone()).isFalse();
          slow.answer.countDown(); // by a task that runs meanwhile
          assertThat(looking.await()).isEqualTo("10.0.0.1");
        });
  }

  @Test
  void lookupByAddress_ofATask_leavesTheLoopToOthers() {
    Asyncio.run(
        () -> {
          Task<String> looking =
              createTask(() -> resolver.lookupByAddress(new byte[] {10, 0, 0, 7}));
          assertThat(untilAsked().getName()).startsWith("host-name-lookup-");
          slow.answer.countDown();
          assertThat(looking.await()).isEqualTo("host-7");
        });
  }

  @Test
  void lookup_ofUnknownHost_throwsWhatTheDelegateThrew() {
    slow.answer.countDown();
    Asyncio.run(
        () ->
            assertThatThrownBy(() -> address("missing.example"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("missing.example"));
  }

  @Test
  void lookup_outsideAnyLoop_goesStraightThrough() throws Exception {
    slow.answer.countDown();
    assertThat(address("a.example")).isEqualTo("10.0.0.1");
    assertThat(slow.asked.take()).isSameAs(Thread.currentThread());
    FutureTask<String> asking = new FutureTask<>(() -> address("b.example"));
    Thread virtual = Thread.ofVirtual().start(asking);
    assertThat(asking.get()).isEqualTo("10.0.0.1");
    assertThat(slow.asked.take()).isSameAs(virtual);
  }

  @Test
  void cancel_ofATaskInALookup_waitsForTheAnswerAndThenCancels() {
    Asyncio.run(
        () -> {
          String[] got = new String[1];
          Task<?> looking =
              createTask(
                  () -> {
                    got[0] = address("a.example");
                    sleep(Duration.ofDays(1));
                  });
          untilAsked();
          looking.cancel();
          for (int turn = 0; turn < 10; turn++) {
            sleep(Duration.ZERO);
          }
          assertThat(looking.isDone()).isFalse();
          slow.answer.countDown();
          assertThatThrownBy(looking::await).isInstanceOf(CancellationException.class);
          assertThat(got[0]).isEqualTo("10.0.0.1");
        });
  }

  /** In portable mode the loop is held meanwhile; the answer is the same. */
  @ParameterizedTest
  @ValueSource(strings = {ForkedJvm.FULL_MODE, "-Dasyncio4j.mode=portable"})
  void artifactOnTheClassPath_servesInetAddressOfTheWholeJvm(String mode) throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(mode), LocalHost.class);
    assertThat(outcome.output())
        .contains(
            "before: false", "outside: true, lookup threads 0", "in a task: lookup threads 1");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class LocalHost {
    public static void main(String[] args) throws Exception {
      System.out.println("before: " + OffLoopResolverProvider.isInstalled());
      Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
      OffLoopResolverProvider.preload();
      System.out.println(
          "outside: " + OffLoopResolverProvider.isInstalled() + ", lookup threads " + threads());
      Asyncio.run(
          () -> {
            // not remembered, as localhost is by now: found or not, it is looked up
            try {
              System.out.println(InetAddress.getAllByName("host.invalid").length);
            } catch (UnknownHostException e) {
              System.out.println("in a task: lookup threads " + threads());
            }
          });
    }

    static long threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().startsWith("host-name-lookup-"))
          .count();
    }
  }
}
