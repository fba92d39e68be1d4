package io.asyncio4j.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Selects through Vert.x's client, with callbacks on its event loop. */
final class VertxSelects implements Selects {
  private static final String NUMBERED = SQL.replace("?", "$1");

  private final Vertx vertx = Vertx.vertx();
  private final SqlClient client;

  /** Opens a pool; with pipelining, a connection takes statements before it has answered others. */
  VertxSelects(String url, int connections, boolean pipelining) {
    PgConnectOptions server = PgConnectOptions.fromUri(url).setCachePreparedStatements(true);
    var builder = pipelining ? PgBuilder.client() : PgBuilder.pool();
    client =
        builder
            .with(new PoolOptions().setMaxSize(connections))
            .connectingTo(server)
            .using(vertx)
            .build();
  }

  private Future<Long> select(int page) {
    return client
        .preparedQuery(NUMBERED)
        .execute(Tuple.of(page))
        .map(
            rows -> {
              long sum = 0;
              for (Row row : rows) {
                sum += new Item(row.getInteger(0), row.getString(1), row.getInteger(2)).sum();
              }
              return sum;
            });
  }

  @Override
  public void atOnce(int count, Tally tally) throws Exception {
    onEventLoop(
        () -> {
          List<Future<Long>> selects = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            selects.add(
                select(i % PAGES)
                    .onSuccess(tally::add)
                    .recover(
                        e -> {
                          tally.addError(e);
                          return Future.succeededFuture(0L);
                        }));
          }
          return Future.all(selects);
        });
  }

  @Override
  public List<Integer> looping(int tasks, Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    return onEventLoop(
            () -> {
              List<Future<Integer>> loops = new ArrayList<>(tasks);
              for (int i = 0; i < tasks; i++) {
                Promise<Integer> result = Promise.promise();
                loop(0, end, result);
                loops.add(result.future());
              }
              return Future.all(loops);
            })
        .list();
  }

  private void loop(int done, long end, Promise<Integer> result) {
    if (System.nanoTime() - end >= 0) {
      result.complete(done);
    } else {
      select(done % PAGES).onSuccess(_ -> loop(done + 1, end, result)).onFailure(result::fail);
    }
  }

  private <T> T onEventLoop(Supplier<Future<T>> call) throws Exception {
    Promise<T> result = Promise.promise();
    vertx.getOrCreateContext().runOnContext(_ -> call.get().onComplete(result));
    return result.future().toCompletionStage().toCompletableFuture().get();
  }

  @Override
  public void close() {
    client.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
