/** The micro rows of ./bench with Kotlin's coroutines on the event loop of runBlocking. */
@file:OptIn(kotlinx.coroutines.DelicateCoroutinesApi::class)

import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.newSingleThreadContext
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import kotlinx.coroutines.yield

private suspend fun switches(size: Int) = coroutineScope {
    var count = 0
    val tasks =
        List(2) {
            launch {
                repeat(size / 2) {
                    yield()
                    count++
                }
            }
        }
    tasks.joinAll()
    check(size, count)
}

private suspend fun wake(size: Int) = coroutineScope {
    val futures = MutableList(2) { CompletableDeferred<Int>() }
    val tasks =
        List(2) { me ->
            async {
                var last = 0
                repeat(size / 2) {
                    last = futures[me].await() + 1
                    futures[me] = CompletableDeferred()
                    futures[1 - me].complete(last)
                }
                last
            }
        }
    futures[0].complete(0)
    check(size, tasks.awaitAll()[1])
}

private suspend fun gather(size: Int) = coroutineScope {
    checkSum(size, List(size) { async { it } }.awaitAll())
}

private suspend fun gatherSleep0(size: Int) = coroutineScope {
    val tasks =
        List(size) {
            async {
                yield()
                it
            }
        }
    checkSum(size, tasks.awaitAll())
}

private suspend fun pingpong(size: Int) = coroutineScope {
    val there = Channel<Int>(Channel.UNLIMITED)
    val back = Channel<Int>(Channel.UNLIMITED)
    val ping = async {
        var last = 0
        repeat(size) {
            there.send(last)
            last = back.receive()
        }
        last
    }
    launch { repeat(size) { back.send(there.receive() + 1) } }
    check(size, ping.await())
}

private suspend fun producerConsumer(size: Int) = coroutineScope {
    val queue = Channel<Int>(100)
    launch {
        repeat(size) { queue.send(it) }
        queue.close()
    }
    var sum = 0L
    for (item in queue) {
        sum += item
    }
    check(size.toLong() * (size - 1) / 2, sum)
}

private suspend fun timers(size: Int) = coroutineScope {
    val tasks =
        List(size) {
            async {
                delay(100.milliseconds * (it + 1) / size)
                it
            }
        }
    checkSum(size, tasks.awaitAll())
}

private suspend fun semaphore(size: Int) = coroutineScope {
    val semaphore = Semaphore(10)
    var count = 0
    val tasks =
        List(1000) {
            launch {
                repeat(size / 1000) {
                    semaphore.withPermit {
                        yield()
                        count++
                    }
                }
            }
        }
    tasks.joinAll()
    check(size, count)
}

private suspend fun startSleepers(scope: CoroutineScope, size: Int): List<Job> {
    val sleepers = List(size) { scope.launch { delay(1.days) } }
    yield() // each has come to its delay when this goes on
    return sleepers
}

private suspend fun cancelAll(sleepers: List<Job>) {
    sleepers.forEach { it.cancel() }
    sleepers.joinAll()
    check(sleepers.size, sleepers.count { it.isCancelled })
}

private suspend fun cancel(size: Int, clock: Clock) = coroutineScope {
    val sleepers = startSleepers(this, size)
    clock.start()
    cancelAll(sleepers)
    clock.stop()
}

private fun threadsafe(size: Int, clock: Clock) {
    newSingleThreadContext("loop").use { loop ->
        var count = 0
        val done = CountDownLatch(1)
        val callback = Runnable { if (++count == size) done.countDown() }
        val ready = CountDownLatch(4)
        val gate = CountDownLatch(1)
        repeat(4) {
            thread {
                ready.countDown()
                gate.await()
                repeat(size / 4) { loop.dispatch(EmptyCoroutineContext, callback) }
            }
        }
        ready.await()
        clock.start()
        gate.countDown()
        done.await()
        clock.stop()
    }
}

private suspend fun asleep(size: Int, clock: Clock) = coroutineScope {
    yield() // leaves the stack on which the round before has ended, which would keep its memory
    val before = Memory.now()
    clock.start()
    val sleepers = startSleepers(this, size)
    clock.stop()
    clock.took(Memory.now(), before)
    cancelAll(sleepers)
}

fun main(args: Array<String>) = runBlocking {
    measure(
        args,
        mapOf(
            "switch" to { size, _ -> switches(size) },
            "wake" to { size, _ -> wake(size) },
            "gather" to { size, _ -> gather(size) },
            "gather-sleep0" to { size, _ -> gatherSleep0(size) },
            "pingpong" to { size, _ -> pingpong(size) },
            "producer-consumer" to { size, _ -> producerConsumer(size) },
            "timers" to { size, _ -> timers(size) },
            "semaphore" to { size, _ -> semaphore(size) },
            "cancel" to ::cancel,
            "threadsafe" to { size, clock -> threadsafe(size, clock) },
            "asleep" to ::asleep,
        ),
    )
}
