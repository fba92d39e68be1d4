"""The micro rows of ./bench with CPython's asyncio; with --uvloop on uvloop."""

import asyncio
import gc
import platform
import resource
import sys
import threading
import time
import tracemalloc

DAY = 86400
MANY = 1_000_000  # a round of so many is done once, after a warm-up with fewer


async def switch(size, clock):
    count = 0

    async def task():
        nonlocal count
        for _ in range(size // 2):
            await asyncio.sleep(0)
            count += 1

    await asyncio.gather(task(), task())
    check(size, count)


async def wake(size, clock):
    loop = asyncio.get_running_loop()
    futures = [loop.create_future(), loop.create_future()]

    async def task(me):
        last = 0
        for _ in range(size // 2):
            last = await futures[me] + 1
            futures[me] = loop.create_future()
            futures[1 - me].set_result(last)
        return last

    futures[0].set_result(0)
    check(size, (await asyncio.gather(task(0), task(1)))[1])


async def gather(size, clock):
    async def task(number):
        return number

    check_sum(size, await asyncio.gather(*[task(i) for i in range(size)]))


async def gather_sleep0(size, clock):
    async def task(number):
        await asyncio.sleep(0)
        return number

    check_sum(size, await asyncio.gather(*[task(i) for i in range(size)]))


async def pingpong(size, clock):
    there, back = asyncio.Queue(), asyncio.Queue()

    async def ping():
        last = 0
        for _ in range(size):
            await there.put(last)
            last = await back.get()
        return last

    async def pong():
        for _ in range(size):
            await back.put(await there.get() + 1)

    check(size, (await asyncio.gather(ping(), pong()))[0])


async def producer_consumer(size, clock):
    queue = asyncio.Queue(100)

    async def producer():
        for i in range(size):
            await queue.put(i)
        await queue.put(None)

    async def consumer():
        total = 0
        while (item := await queue.get()) is not None:
            total += item
        return total

    check(size * (size - 1) // 2, (await asyncio.gather(producer(), consumer()))[1])


async def timers(size, clock):
    tasks = [asyncio.sleep(0.1 * (i + 1) / size, i) for i in range(size)]
    check_sum(size, await asyncio.gather(*tasks))


async def semaphore(size, clock):
    guard = asyncio.Semaphore(10)
    count = 0

    async def task():
        nonlocal count
        for _ in range(size // 1000):
            async with guard:
                await asyncio.sleep(0)
                count += 1

    await asyncio.gather(*[task() for _ in range(1000)])
    check(size, count)


async def start_sleepers(size):
    tasks = [asyncio.create_task(asyncio.sleep(DAY)) for _ in range(size)]
    await asyncio.sleep(0)  # each has come to its sleep when this goes on
    return tasks


async def cancel_all(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    check(len(tasks), sum(task.cancelled() for task in tasks))


async def cancel(size, clock):
    tasks = await start_sleepers(size)
    clock.start()
    await cancel_all(tasks)
    clock.stop()


async def threadsafe(size, clock):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    count = 0

    def callback():
        nonlocal count
        count += 1
        if count == size:
            done.set_result(None)

    def hand_over():
        gate.wait()
        for _ in range(size // 4):
            loop.call_soon_threadsafe(callback)

    gate = threading.Barrier(5)
    threads = [threading.Thread(target=hand_over) for _ in range(4)]
    for thread in threads:
        thread.start()
    clock.start()
    gate.wait()
    await done
    clock.stop()
    for thread in threads:
        thread.join()


async def asleep(size, clock):
    before = resident()
    clock.start()
    tasks = await start_sleepers(size)
    clock.stop()
    clock.rss = resident() - before
    await cancel_all(tasks)
    if size == MANY:
        clock.bytes = clock.rss  # what it takes from the system is in use; to trace so many takes minutes
    else:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        tasks = await start_sleepers(size)
        clock.bytes = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        await cancel_all(tasks)


# ---- measuring


def check(expected, actual):
    if expected != actual:
        raise AssertionError(f"the round gave {actual} instead of {expected}")


def check_sum(size, results):
    check(size * (size - 1) // 2, sum(results))


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Clock:
    def __init__(self):
        self.end = self.bytes = self.rss = 0
        self.start()

    def start(self):
        self.cpu_begin = time.process_time_ns()
        self.begin = time.perf_counter_ns()

    def stop(self):
        self.end = time.perf_counter_ns()
        self.cpu_end = time.process_time_ns()


async def timed(work, size):
    clock = Clock()
    await work(size, clock)
    if not clock.end:
        clock.stop()
    return clock


async def measure(row, size, warm_up, seconds):
    warm = time.monotonic() + warm_up
    while time.monotonic() < warm:
        await timed(ROWS[row], size if size < MANY else 10_000)
    least = 3 if size < MANY else 1
    end = time.monotonic() + seconds
    while least > 0 or time.monotonic() < end:
        least -= 1
        clock = await timed(ROWS[row], size)
        memory = f',"bytes":{clock.bytes},"rss":{clock.rss}' if clock.bytes else ""
        ns, cpu = clock.end - clock.begin, clock.cpu_end - clock.cpu_begin
        print(f'{{"row":"{row}","ops":{size},"ns":{ns},"cpu_ns":{cpu}{memory}}}', flush=True)


ROWS = {
    "switch": switch,
    "wake": wake,
    "gather": gather,
    "gather-sleep0": gather_sleep0,
    "pingpong": pingpong,
    "producer-consumer": producer_consumer,
    "timers": timers,
    "semaphore": semaphore,
    "cancel": cancel,
    "threadsafe": threadsafe,
    "asleep": asleep,
}


def main(args):
    peer, version, run = "CPython asyncio", platform.python_version(), asyncio.run
    if "--uvloop" in args:
        import uvloop

        args.remove("--uvloop")
        uvloop.install()
        peer, version = "uvloop", f"{uvloop.__version__} on CPython {version}"
    if args == ["--rows"]:
        print("\n".join(ROWS))
    elif args[0] not in ROWS:
        print(f"{peer} has no row {args[0]}", file=sys.stderr)
        sys.exit(3)
    else:
        print(f'{{"peer":"{peer}","version":"{version}"}}', flush=True)
        run(measure(args[0], int(args[1]), float(args[2]), float(args[3])))


main(sys.argv[1:])
