"""The selects of SqlPeer.java with asyncpg; with uvloop if the argument is uvloop."""

import asyncio
import os
import platform
import sys
import time

import asyncpg

URL = os.environ["ASYNCIO4J_BENCH_URL"]
SELECT = "select id, name, age from asyncio4j_bench where page = $1"
PAGES = 100


async def select(pool, page):
    rows = await pool.fetch(SELECT, page)
    return sum(id + len(name) + age for id, name, age in rows)


async def selects(pool, count):
    work = (select(pool, i % PAGES) for i in range(count))
    results = await asyncio.gather(*work, return_exceptions=True)
    sums = [result for result in results if isinstance(result, int)]
    return sum(sums), count - len(sums)


async def looping(tasks, seconds):
    async def loop():
        count = 0
        while time.monotonic() < end:
            await select(pool, count % PAGES)
            count += 1
        return count

    async with asyncpg.create_pool(URL, min_size=2, max_size=2) as pool:
        end = time.monotonic() + seconds
        counts = await asyncio.gather(*(loop() for _ in range(tasks)))
    return min(counts), max(counts)


async def serve():
    pool = None
    for line in sys.stdin:  # holds the loop, which has nothing to do meanwhile
        command, number, *rest = line.split()
        if command == "select":
            begin = time.perf_counter_ns()
            pool = pool or await asyncpg.create_pool(URL)  # ten connections
            answer = await selects(pool, int(number))
            print(time.perf_counter_ns() - begin, *answer, flush=True)
        else:
            print(*await looping(int(number), int(rest[0]) / 1000), flush=True)


versions = f"CPython {platform.python_version()}, asyncpg {asyncpg.__version__}"
if "uvloop" in sys.argv:
    import uvloop

    uvloop.install()
    versions += f", uvloop {uvloop.__version__}"
print(versions, flush=True)
asyncio.run(serve())
