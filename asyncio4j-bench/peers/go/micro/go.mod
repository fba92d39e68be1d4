module asyncio4j/micro

go 1.19
