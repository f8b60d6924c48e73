"""The embedded servers, started as they are by `yourtale run`."""

import asyncpg
from redis.asyncio import Redis


async def test_the_embedded_postgres_answers_with_the_extensions_we_need(database_url: str) -> None:
    link = await asyncpg.connect(database_url)
    try:
        names = {row[0] for row in await link.fetch("select name from pg_available_extensions")}
        assert {"vector", "pg_trgm", "unaccent", "pg_stat_statements"} <= names
    finally:
        await link.close()


async def test_the_embedded_redis_asks_for_its_password_and_never_evicts(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as link:
        assert (await link.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        assert (await link.config_get("requirepass"))["requirepass"]
