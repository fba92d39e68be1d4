"""The server of the row echo over asyncio's streams; with --uvloop on uvloop. It prints its name, its version and its
port, and ends with its input."""

import asyncio
import platform
import sys


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


name, version = "CPython asyncio", f"CPython {platform.python_version()}"
if "--uvloop" in sys.argv:
    import uvloop

    name, version = "uvloop", f"{uvloop.__version__} on {version}"
    uvloop.install()
print(name)
print(version)
asyncio.run(main())
