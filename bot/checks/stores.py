"""PostgreSQL and Redis: reachable, new enough, up to date, set up so that nothing is lost."""

import time

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.checks.finding import Finding, failed, ok, warning
from bot.embedded.redis import OLDEST
from bot.settings import Settings
from core.db.migrate import versions

OLDEST_POSTGRES = 14
CLOCK_SECONDS = 2.0
"""Difference between two clocks that is worth a word."""


async def look_at_database(settings: Settings) -> list[Finding]:
    """The writer: version, schema, clock; and the replica if there is one."""
    found: list[Finding] = []
    link = await asyncpg.connect(settings.database, timeout=5)
    try:
        number = int(await link.fetchval("show server_version_num"))
        told = f"PostgreSQL {number // 10_000}.{number % 10_000}"
        if number // 10_000 < OLDEST_POSTGRES:
            found.append(failed("database", told, f"Use PostgreSQL {OLDEST_POSTGRES} or newer."))
        elif await link.fetchval("select pg_is_in_recovery()"):
            found.append(failed("database", f"{told}, a replica", "Set DATABASE_URL to the primary."))
        else:
            found.append(ok("database", told))
        found.append(clock("database's clock", float(await link.fetchval("select extract(epoch from now())"))))
    finally:
        await link.close()
    current, newest = await versions(settings.database)
    if current == newest:
        found.append(ok("migrations", f"up to date ({newest})"))
    else:
        found.append(failed("migrations", f"at {current or 'none'}, newest {newest}", "Run `yourtale migrate`."))
    return found


async def look_at_replica(settings: Settings) -> list[Finding]:
    """The reader, where one is set."""
    link = await asyncpg.connect(settings.database_read, timeout=5)
    try:
        if not await link.fetchval("select pg_is_in_recovery()"):
            return [warning("replica", "not a replica", "DATABASE_READ_URL may stay unset when there is no replica.")]
        lag = await link.fetchval("select coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()), 0)")
        return [ok("replica", f"last replayed {float(lag):.1f} s ago")]
    finally:
        await link.close()


async def look_at_redis(settings: Settings) -> list[Finding]:
    """Version, eviction, persistence."""
    async with Redis.from_url(settings.redis, decode_responses=True, socket_timeout=5) as link:
        about = await link.info("server")
        version = str(about.get("valkey_version") or about["redis_version"])
        name = "Valkey" if "valkey_version" in about else "Redis"
        found = []
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            found.append(failed("Redis", f"{name} {version}", f"Use Redis {oldest} or newer."))
        else:
            found.append(ok("Redis", f"{name} {version}"))
        try:
            policy = str((await link.config_get("maxmemory-policy"))["maxmemory-policy"])
            durable = str((await link.config_get("appendonly"))["appendonly"])
        except (RedisError, KeyError):
            to_do = "Make sure that maxmemory-policy is noeviction and appendonly is yes."
            return [*found, warning("Redis's settings", "the server does not show them", to_do)]
    if policy != "noeviction":
        found.append(failed("maxmemory-policy", policy, "Set it to noeviction, or wake-ups get lost."))
    else:
        found.append(ok("maxmemory-policy", policy))
    if durable != "yes":
        found.append(warning("appendonly", durable, "Set it to yes; until then a restart is mended by the sweeper."))
    return found


def clock(name: str, theirs: float) -> Finding:
    """Compare another clock (seconds since 1970) with ours."""
    off = theirs - time.time()
    if abs(off) > CLOCK_SECONDS:
        return warning(name, f"{off:+.1f} s from ours", "Let both machines keep time by NTP; deadlines depend on it.")
    return ok(name, f"{off:+.1f} s from ours")
