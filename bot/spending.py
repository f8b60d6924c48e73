"""What was spent, read from the ledger: a table's budget, and a month by guild, model and day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import asyncpg

from core.ai.caps import Caps
from core.ai.ledger import Account
from core.ai.limits import Stage
from core.ai.memory_limits import staged

WEEK_DAYS: Final = 7
_GUILD: Final = """
SELECT coalesce(sum(micro_usd) FILTER (WHERE at >= $2), 0)::bigint AS month,
    coalesce(sum(micro_usd) FILTER (WHERE at >= $2 AND state <> 'settled'), 0)::bigint AS estimated,
    coalesce(sum(micro_usd) FILTER (WHERE at >= $3), 0)::bigint AS week, min(at) FILTER (WHERE at >= $3) AS first
FROM ledger WHERE at >= least($2, $3) AND at < $4 AND ($1::bigint IS NULL OR guild_id = $1)
"""
_SESSION: Final = "SELECT coalesce(sum(micro_usd), 0)::bigint FROM ledger WHERE session_id = $1"
_MONTH: Final = """
SELECT guild_id, provider, model, (at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS calls,
    sum(input_tokens)::bigint AS input, sum(cached_tokens)::bigint AS cached,
    sum(output_tokens + thinking_tokens)::bigint AS output, sum(micro_usd)::bigint AS micro_usd,
    coalesce(sum(micro_usd) FILTER (WHERE state <> 'settled'), 0)::bigint AS estimated
FROM ledger WHERE at >= $1 AND at < $2 GROUP BY 1, 2, 3, 4 ORDER BY 4, 1, 2, 3
"""


@dataclass(frozen=True)
class Spent:
    """Money of a guild's month and of one of its sessions, in millionths of a dollar.

    `estimated`: the part of the month that no provider has confirmed, never below the bill. `forecast`: the whole
    month, if it goes on as in the last seven days. Limits of None are none.
    """

    month: int
    estimated: int
    forecast: int
    guild_limit: int | None
    session: int
    session_limit: int | None
    stage: Stage


@dataclass(frozen=True)
class Line:
    """What one guild spent on one model on one day (UTC); `guild_id` None is outside of any."""

    guild_id: int | None
    provider: str
    model: str
    day: date
    calls: int
    input: int
    cached: int
    output: int
    micro_usd: int
    estimated: int


async def spent(pool: asyncpg.Pool, caps: Caps, account: Account, now: datetime | None = None) -> Spent:
    """Read how far the budgets of `account`'s guild and session are spent; `caps` are those of the settings."""
    now = now or datetime.now(UTC)
    limits = {counter.kind: cap for counter, cap in caps.of(account, now.timestamp())}
    month, estimated, forecast = await _month_of(pool, account.guild_id, now)
    session: int = await pool.fetchval(_SESSION, account.session_id)
    pairs = [(month, limits.get("guild")), (session, limits.get("session"))]
    stage = staged([(money, cap) for money, cap in pairs if cap is not None], caps.soft)
    return Spent(month, estimated, forecast, limits.get("guild"), session, limits.get("session"), stage)


async def forecast(pool: asyncpg.Pool, now: datetime) -> int:
    """Millionths of a dollar of the whole installation's month, if it goes on as in the last seven days."""
    return (await _month_of(pool, None, now))[2]


async def lines(pool: asyncpg.Pool, month: date) -> list[Line]:
    """A month of the ledger by guild, model and day."""
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    return [Line(**row) for row in await pool.fetch(_MONTH, begin, _next_month(begin))]


async def _month_of(pool: asyncpg.Pool, guild_id: int | None, now: datetime) -> tuple[int, int, int]:
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    row = await pool.fetchrow(_GUILD, guild_id, begin, now - timedelta(days=WEEK_DAYS), now)
    days = min(max((now - (row["first"] or now)) / timedelta(days=1), 1.0), WEEK_DAYS)
    left = (_next_month(begin) - now) / timedelta(days=1)
    return row["month"], row["estimated"], row["month"] + round(row["week"] / days * left)


def _next_month(begin: datetime) -> datetime:
    return (begin + timedelta(days=32)).replace(day=1)
