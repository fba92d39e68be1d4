module asyncio4j/macro

go 1.19
