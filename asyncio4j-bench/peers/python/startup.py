"""The program of the row startup with CPython's asyncio; with --uvloop on uvloop. A task returns its version."""

import asyncio
import platform
import sys


async def answer():
    return f"CPython {platform.python_version()}"


async def main():
    return await asyncio.create_task(answer())


if "--uvloop" in sys.argv:
    import uvloop

    print("uvloop")
    uvloop.install()
else:
    print("CPython asyncio")
print(asyncio.run(main()))
