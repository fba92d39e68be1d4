package io.asyncio4j.examples;

import io.asyncio4j.ThrowingRunnable;
import java.util.List;

/** The programs of the tutorial, in its order. */
public final class Examples {
  private static final List<Example> ALL =
      List.of(
          example(
              "1a", "Two coroutines switch, explicitly and implicitly", FooBar.class, FooBar::main),
          example(
              "1b",
              "Three cooperative tasks: one works while two wait",
              CooperativeTasks.class,
              CooperativeTasks::main),
          example(
              "1c",
              "Nine tasks: their order one after another, and at once",
              Determinism.class,
              Determinism::main),
          new Example(
              "2a",
              "The same URL fetched three times, one after another",
              "[--real]",
              FetchInTurn.class,
              FetchInTurn::main),
          new Example(
              "2b",
              "The same URL fetched three times at once",
              "[--real]",
              FetchAtOnce.class,
              FetchAtOnce::main),
          new Example(
              "3a",
              "Results printed as they arrive",
              "[--real]",
              FetchAsCompleted.class,
              FetchAsCompleted::main),
          new Example(
              "3b",
              "The first of two services to answer; the other is left pending",
              "[--real]",
              FirstOfTwo.class,
              FirstOfTwo::main),
          new Example(
              "3c",
              "The first of two services to answer; the other is cancelled",
              "[--real]",
              FirstOfTwoTidy.class,
              FirstOfTwoTidy::main),
          new Example(
              "4a",
              "A dead service, caught inside its task",
              "[--real]",
              DeadService.class,
              DeadService::main),
          new Example(
              "4b",
              "An unexpected error, found in the done futures with its stack",
              "[--real]",
              UnexpectedError.class,
              UnexpectedError::main),
          new Example(
              "4c",
              "The exception that nobody retrieved, and its report",
              "[--real]",
              NeverRetrieved.class,
              NeverRetrieved::main),
          new Example(
              "5",
              "A response with a field that may time out",
              "[-t SECONDS] [--real]",
              FieldInTime.class,
              FieldInTime::main),
          example(
              "6a",
              "An event loop by hand, and the same on ours",
              HandWrittenLoop.class,
              HandWrittenLoop::main),
          new Example(
              "6b",
              "runForever, interrupted before the results are there",
              "[-t SECONDS]",
              RunForever.class,
              RunForever::main),
          example(
              "6c",
              "runForever, interrupted when both results are there",
              RunForever.class,
              () -> RunForever.main("-t", "4")),
          example(
              "6d",
              "runUntilComplete over waitUntil",
              RunUntilComplete.class,
              RunUntilComplete::main),
          example(
              "6e",
              "A third coroutine, which looks on",
              ThirdCoroutine.class,
              ThirdCoroutine::main),
          new Example(
              "6f",
              "A hundred GETs at once, and one after another",
              "[--real]",
              HundredGets.class,
              HundredGets::main),
          example(
              "7a",
              "A remote call per order in a loop, which outlasts a timeout of two minutes",
              OrdersOneByOne.class,
              OrdersOneByOne::main),
          example(
              "7b",
              "The change of one line: the same calls gathered",
              OrdersAtOnce.class,
              OrdersAtOnce::main),
          example(
              "7c",
              "Some of the calls fail, and the others are kept",
              OrdersWithFailures.class,
              OrdersWithFailures::main),
          example(
              "7d",
              "Who is cancelled with whom: cancel the gather",
              CancelTheGather.class,
              CancelTheGather::main),
          example(
              "7e",
              "Who is cancelled with whom: cancel one child",
              CancelOneChild.class,
              CancelOneChild::main),
          example(
              "7f", "Who is cancelled with whom: one child fails", OneFails.class, OneFails::main),
          example("8a", "A load test of six endpoints", LoadTest.class, LoadTest::main),
          example(
              "8b",
              "More requests at once than a site can take",
              TooManyAtOnce.class,
              TooManyAtOnce::main),
          example("8c", "The limit that cures it", TwentyAtOnce.class, TwentyAtOnce::main),
          example(
              "9",
              "The example of the package asyncio_tools, line by line",
              AsyncioTools.class,
              AsyncioTools::main),
          example(
              "10a",
              "A coroutine that awaits another: compute and printSum",
              PrintSum.class,
              PrintSum::main),
          example(
              "10b",
              "Three tasks created first, then gathered",
              TasksFirst.class,
              TasksFirst::main),
          example(
              "10c",
              "The wrong way: three tasks, each awaited at once",
              AwaitedOneByOne.class,
              AwaitedOneByOne::main),
          example(
              "10d",
              "The states of a future, and its callbacks",
              FutureStates.class,
              FutureStates::main),
          example(
              "11a",
              "A blocking call in a thread of the default executor",
              DefaultExecutor.class,
              DefaultExecutor::main),
          example("11b", "Blocking calls in a thread pool", ThreadPool.class, ThreadPool::main),
          example("11c", "CPU work on all cores, measured", AllCores.class, AllCores::main),
          example(
              "11d",
              "CPU work in worker processes: result, crash, cancel",
              WorkerProcess.class,
              WorkerProcess::main),
          example(
              "11e", "Blocking calls with no executor at all", NoExecutor.class, NoExecutor::main),
          example(
              "12a",
              "Synchronous code that starts tasks by hand",
              LoopByHand.class,
              LoopByHand::main),
          example(
              "12b",
              "A producer and a consumer over a queue",
              ProducerConsumer.class,
              ProducerConsumer::main),
          new Example(
              "13",
              "Five hundred selects at once, over ten connections",
              "[--url URL]",
              ManySelects.class,
              ManySelects::main),
          example(
              "14a",
              "The exercise: refire in thirty lines",
              RefireInShort.class,
              RefireInShort::main),
          example(
              "14b", "The exercise: the engine itself", RefireItself.class, RefireItself::main));

  private Examples() {}

  private static Example example(
      String id, String title, Class<?> type, ThrowingRunnable<Exception> main) {
    return new Example(
        id,
        title,
        "",
        type,
        args -> {
          Args.of(args);
          main.run();
        });
  }

  /**
   * Returns all examples.
   *
   * @return the examples, in the order of the tutorial
   */
  public static List<Example> all() {
    return ALL;
  }

  /**
   * Returns the examples that a name means: the one of this id, or all of the group of this number.
   *
   * @param name an id such as {@code 3b}, or a number such as {@code 3}
   * @return the examples; empty if there is none
   */
  public static List<Example> named(String name) {
    return ALL.stream()
        .filter(
            example -> example.id().equals(name) || String.valueOf(example.group()).equals(name))
        .toList();
  }
}
