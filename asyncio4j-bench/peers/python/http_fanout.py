"""The row http-fanout with aiohttp, or with --httpx: a task for each request, 64 of them at once; with --uvloop on
uvloop."""

import asyncio
import os
import platform
import sys
import time

AT_ONCE = 64
BODY_BYTES = 1024
URL = os.environ["ASYNCIO4J_BENCH_URL"]


async def with_aiohttp(rounds):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def get():
            async with session.get(URL) as response:
                return len(await response.read())

        await rounds(get)


async def with_httpx(rounds):
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits) as client:

        async def get():
            return len((await client.get(URL)).content)

        await rounds(get)


async def fan_out(get, size):
    guard = asyncio.Semaphore(AT_ONCE)

    async def guarded():
        async with guard:
            return await get()

    received = sum(await asyncio.gather(*[guarded() for _ in range(size)]))
    if received != size * BODY_BYTES:
        raise AssertionError(f"{received} bytes came instead of {size * BODY_BYTES}")


async def measure(get, size, warm_up, seconds):
    warm = time.monotonic() + warm_up
    while time.monotonic() < warm:
        await fan_out(get, size)
    least = 3
    end = time.monotonic() + seconds
    while least > 0 or time.monotonic() < end:
        least -= 1
        cpu, begin = time.process_time_ns(), time.perf_counter_ns()
        await fan_out(get, size)
        ns, cpu = time.perf_counter_ns() - begin, time.process_time_ns() - cpu
        print(f'{{"row":"http-fanout","ops":{size},"ns":{ns},"cpu_ns":{cpu}}}', flush=True)


args = sys.argv[1:]
peer, version, client = "CPython asyncio", f"CPython {platform.python_version()}", with_aiohttp
if "--uvloop" in args:
    import uvloop

    args.remove("--uvloop")
    peer, version = "uvloop", f"uvloop {uvloop.__version__}, {version}"
    uvloop.install()
if "--httpx" in args:
    import httpx

    args.remove("--httpx")
    peer, version, client = f"{peer}, httpx", f"httpx {httpx.__version__}, {version}", with_httpx
else:
    import aiohttp

    version = f"aiohttp {aiohttp.__version__}, {version}"
if args == ["--rows"]:
    print("http-fanout")
elif args[0] != "http-fanout":
    print(f"{peer} has no row {args[0]} in this program", file=sys.stderr)
    sys.exit(3)
else:
    print(f'{{"peer":"{peer}","version":"{version}"}}', flush=True)
    asyncio.run(client(lambda get: measure(get, int(args[1]), float(args[2]), float(args[3]))))
