module asyncio4j/peer

go 1.19
