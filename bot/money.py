"""The ledger and the budgets on PostgreSQL: an attempt's row before its call, reserved money settled after it."""

from decimal import Decimal
from typing import Final

import asyncpg

from bot.crash import moment
from core.ai import Account, Attempt, Usage

_RESERVE: Final = """
INSERT INTO spending AS s (scope, scope_id, day, micro_usd)
SELECT v.scope, v.id, v.day, $3 FROM (VALUES
    ('guild', $1::bigint, date_trunc('month', now())::date, $4::bigint),
    ('session', $2::bigint, date '1970-01-01', $5::bigint)) AS v (scope, id, day, cap)
WHERE v.id IS NOT NULL AND $3 <= v.cap ORDER BY v.scope
ON CONFLICT (scope, scope_id, day) DO UPDATE SET micro_usd = s.micro_usd + $3
    WHERE s.micro_usd + $3 <= CASE s.scope WHEN 'guild' THEN $4::bigint ELSE $5::bigint END
RETURNING 1
"""
_OPEN: Final = """
INSERT INTO ledger (guild_id, session_id, person_id, from_seq, attempt, reference, kind, provider, model, key_hint,
    state, micro_usd)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11) RETURNING id
"""
_CLOSE: Final = """
WITH before AS (
    SELECT id, guild_id, session_id, at, micro_usd FROM ledger WHERE id = $1 AND state = 'open' FOR UPDATE
), closed AS (
    UPDATE ledger l SET state = $2, outcome = $3, micro_usd = $4, input_tokens = $5, output_tokens = $6,
        cached_tokens = $7, thinking_tokens = $8, settled_at = now()
    FROM before WHERE l.id = before.id
)
UPDATE spending s SET micro_usd = s.micro_usd + $4 - before.micro_usd FROM before
WHERE (s.scope = 'guild' AND s.scope_id = before.guild_id AND s.day = date_trunc('month', before.at)::date)
    OR (s.scope = 'session' AND s.scope_id = before.session_id)
"""
_LOST: Final = """
UPDATE ledger SET state = 'estimated', outcome = 'lost', settled_at = now()
WHERE state = 'open' AND at < now() - make_interval(secs => $1)
"""


class Money:
    """A core.ai Ledger and Budget. Caps are in millionths of a dollar: a guild's by month, a session's for good."""

    def __init__(self, pool: asyncpg.Pool, guild_cap: Decimal, session_cap: Decimal) -> None:
        self._pool = pool
        self._guild_cap = int(guild_cap * 1_000_000)
        self._session_cap = int(session_cap * 1_000_000)

    async def allows(self, account: Account, estimate_micro_usd: int) -> bool:
        """Reserve the estimate in every budget it counts against, or in none."""
        scopes = (account.guild_id is not None) + (account.session_id is not None)
        if not scopes:
            return True
        async with self._pool.acquire() as connection:
            reservation = connection.transaction()
            await reservation.start()
            reserved = await connection.fetch(
                _RESERVE,
                account.guild_id,
                account.session_id,
                estimate_micro_usd,
                self._guild_cap,
                self._session_cap,
            )
            if len(reserved) == scopes:
                await reservation.commit()
                return True
            await reservation.rollback()
            return False

    async def open(self, row: Attempt) -> int:
        """Write the attempt down before its call, at the most it can cost."""
        account = row.account
        found: int = await self._pool.fetchval(
            _OPEN,
            account.guild_id,
            account.session_id,
            account.person_id,
            account.from_seq,
            account.attempt,
            account.reference,
            row.kind,
            row.provider,
            row.model,
            row.key_ref,
            row.estimate_micro_usd,
        )
        moment("attempt_written")
        return found

    async def settle(self, row_id: int, usage: Usage, micro_usd: int, outcome: str) -> None:
        """Close an attempt whose bill is known."""
        await self._close(row_id, "settled", usage, micro_usd, outcome)

    async def estimate(self, row_id: int, usage: Usage | None, micro_usd: int, outcome: str) -> None:
        """Close an attempt that was cut: the money is an estimate, never below the bill."""
        await self._close(row_id, "estimated", usage or Usage(), micro_usd, outcome)

    async def give_up_lost(self, after_seconds: float) -> int:
        """Close the attempts of processes that died as estimates; return how many."""
        return int((await self._pool.execute(_LOST, after_seconds)).split()[-1])

    async def _close(self, row_id: int, state: str, usage: Usage, micro_usd: int, outcome: str) -> None:
        await self._pool.execute(
            _CLOSE,
            row_id,
            state,
            outcome,
            micro_usd,
            usage.input,
            usage.output,
            usage.cached,
            usage.thinking,
        )
