"""The ledger on PostgreSQL: a row before each call, closed soon after it; what comes at once is written at once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

import asyncpg

from bot.crash import moment
from core.ai import Attempt, Usage
from core.ai.batches import Batches
from core.ai.caps import Counter, CounterKind
from core.ai.limits import LeaseIds
from core.ai.outbox import Outbox

_OPEN: Final = """
INSERT INTO ledger (id, guild_id, session_id, person_id, from_seq, attempt, reference, kind, provider, model, key_hint,
    micro_usd, state)
SELECT *, 'open' FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])
"""
# A closing need not wait for the disk: after a crash of the server the row is open again, at the most it can cost.
_CLOSE: Final = """
WITH lax AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE ledger l SET state = v.state, outcome = v.outcome, micro_usd = v.micro_usd, input_tokens = v.input,
    output_tokens = v.output, cached_tokens = v.cached, thinking_tokens = v.thinking, settled_at = now()
FROM lax, unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::int[], $7::int[], $8::int[])
    AS v (id, state, outcome, micro_usd, input, output, cached, thinking)
WHERE l.id = v.id AND l.state = 'open'
"""
_LOST: Final = """
UPDATE ledger SET state = 'estimated', outcome = 'lost', settled_at = now()
WHERE state = 'open' AND at < now() - make_interval(secs => $1)
"""
_CHARGED: Final = "SELECT id, micro_usd FROM ledger WHERE id = ANY($1::bigint[])"
_SUM: Final = "SELECT coalesce(sum(micro_usd), 0)::bigint FROM ledger WHERE "
_PERIOD: Final = "at >= $1 AND at < $2"
_SPENT: Final[Mapping[CounterKind, str]] = {
    "guild": f"{_SUM} {_PERIOD} AND guild_id = $3",
    "session": f"{_SUM} {_PERIOD} AND session_id = $3",
    "person": f"{_SUM} {_PERIOD} AND person_id = $3",
    "installation": f"{_SUM} {_PERIOD} AND $3::bigint = 0",
}
_FAR: Final = date(9999, 1, 1)


@dataclass(frozen=True)
class _Closing:
    row_id: int
    state: str
    outcome: str
    micro_usd: int
    usage: Usage


class PostgresLedger:
    """A core.ai Ledger, and the Sums from which its limits build lost counters again."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ids = LeaseIds()
        self._opening: Batches[tuple[int, Attempt], None] = Batches(self._write_open)
        self._closing: Outbox[_Closing] = Outbox(self._write_closed)

    async def open(self, row: Attempt) -> int:
        """Write the attempt down before its call, at the most it can cost; its id is its lease's."""
        row_id = row.lease or self._ids.new()
        written = self._opening.submit((row_id, row))
        try:
            await asyncio.shield(written)
        except asyncio.CancelledError:
            # It is written all the same, for a call that nobody makes any more.
            unsent = _Closing(row_id, "settled", "cancelled", 0, Usage())
            written.add_done_callback(lambda done: None if done.exception() else self._closing.put(unsent))
            raise
        moment("attempt_written")
        return row_id

    async def settle(self, row_id: int, usage: Usage, micro_usd: int, outcome: str) -> None:
        """Close an attempt whose bill is known; it is written some milliseconds later."""
        self._closing.put(_Closing(row_id, "settled", outcome, micro_usd, usage))

    async def estimate(self, row_id: int, usage: Usage | None, micro_usd: int, outcome: str) -> None:
        """Close an attempt that was cut: the money is an estimate, never below the bill."""
        self._closing.put(_Closing(row_id, "estimated", outcome, micro_usd, usage or Usage()))

    async def aclose(self) -> None:
        """Write what waits to be closed."""
        await self._closing.drain()

    async def give_up_lost(self, after_seconds: float) -> int:
        """Close the attempts of processes that died as estimates; return how many."""
        return int((await self._pool.execute(_LOST, after_seconds)).split()[-1])

    async def spent(self, counters: Sequence[Counter]) -> Mapping[Counter, int]:
        """See core.ai.caps.Sums."""
        found: dict[Counter, int] = {}
        for counter in counters:
            period = _moment(counter.since), _moment(counter.until or _FAR)
            found[counter] = await self._pool.fetchval(_SPENT[counter.kind], *period, counter.id)
        return found

    async def charged(self, leases: Sequence[int]) -> Mapping[int, int]:
        """See core.ai.caps.Sums."""
        return {row["id"]: row["micro_usd"] for row in await self._pool.fetch(_CHARGED, leases)}

    async def _write_open(self, rows: Sequence[tuple[int, Attempt]]) -> Sequence[None]:
        values = [
            (
                row_id,
                row.account.guild_id,
                row.account.session_id,
                row.account.person_id,
                row.account.from_seq,
                row.account.attempt,
                row.account.reference,
                row.kind,
                row.provider,
                row.model,
                row.key_ref,
                row.estimate_micro_usd,
            )
            for row_id, row in rows
        ]
        await self._pool.execute(_OPEN, *map(list, zip(*values, strict=True)))
        return [None] * len(rows)

    async def _write_closed(self, rows: Sequence[_Closing]) -> None:
        values = [
            (
                row.row_id,
                row.state,
                row.outcome,
                row.micro_usd,
                row.usage.input,
                row.usage.output,
                row.usage.cached,
                row.usage.thinking,
            )
            for row in rows
        ]
        await self._pool.execute(_CLOSE, *map(list, zip(*values, strict=True)))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
