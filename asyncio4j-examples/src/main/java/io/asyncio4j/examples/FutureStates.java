package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import java.io.IOException;

/** The states of a future, and the callbacks that are told when it is done. */
final class FutureStates {
  static void main() {
    run(FutureStates::program);
  }

  // region program
  static void program() {
    var loop = EventLoop.current();
    Future<String> answer = loop.createFuture();
    var asking = createTask("asking", () -> "I got " + answer.await());
    IO.println("pending:   " + answer + ", " + asking);
    sleep(ZERO);
    IO.println("running:   " + asking);

    answer.addDoneCallback(done -> IO.println("first callback:  " + done.result()));
    answer.addDoneCallback(done -> IO.println("second callback: " + done.result()));
    answer.setResult("the result");
    IO.println("done:      " + answer + ", and no callback has run yet");
    IO.println(asking.await());

    Future<String> failed = loop.createFuture();
    failed.setException(new IOException("no answer"));
    IO.println("failed:    " + failed + ", " + failed.exception());

    Future<String> cancelled = loop.createFuture();
    cancelled.addDoneCallback(done -> IO.println("callback of " + done));
    cancelled.cancel();
    IO.println("cancelled: " + cancelled + ", cancelled again: " + cancelled.cancel());
    sleep(ZERO);
  }

  // endregion

  private FutureStates() {}
}
