"""The log: append and load of a session of 10, 1,000 and 100,000 rows, with equal tails after the last snapshot.

Rows are put there by SQL in bulk (they are real rolls, one event each) with a snapshot at the last hundred, so that
what is timed is only what a command costs: one cold load, one append.
"""

import asyncio
import itertools
import os
import statistics
import time

from bench.parts import services
from bench.report import Row, against, write
from core.db.migrate import migrate
from core.db.pools import Database
from core.db.vault import Vault
from core.game.engine import Engine, Origin
from core.game.log import Log, Opening
from core.game.rows import EVENTS_SCHEMA, encode_events, encode_state, fold
from core.game.rows import Row as LogRow
from core.game.rules.rolls import Cast, Die, Roll, Rolled
from core.game.rules.table import Join, Start
from core.game.state import STATE_SCHEMA, State

SIZES = (10, 1_000, 100_000)
TAIL = 10
_TAKE_BACK_ROW = "DELETE FROM log WHERE session_id = $1 AND seq > $2"
_TAKE_BACK_HEAD = "UPDATE sessions SET head_seq = $2 WHERE session_id = $1"
_ids = itertools.count(10_000)


def main(*, short: bool) -> None:
    """Measure and write the table."""
    with services() as (database_url, _):
        rows = asyncio.run(_measure(database_url, 60 if short else 400))
    write("log", rows, "python -m bench log" + (" --short" if short else ""))


async def _measure(url: str, rounds: int) -> list[Row]:
    await migrate(url)
    database = await Database.open(url)
    vault = Vault([os.urandom(32)])
    loads: dict[int, float] = {}
    appends: dict[int, float] = {}
    try:
        channels = {size: await _session(database, vault, size) for size in SIZES}
        await database.writer.execute("ANALYZE")
        load_times: dict[int, list[float]] = {size: [] for size in SIZES}
        append_times: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(rounds):
            for size in SIZES:  # in turn, so that the machine's moods fall on all alike
                load_times[size].append(await _cold_load(database, vault, channels[size]))
        for _ in range(rounds):
            for size in SIZES:
                append_times[size].append(await _append(database, vault, channels[size]))
        loads = {size: statistics.median(times) * 1e3 for size, times in load_times.items()}
        appends = {size: statistics.median(times) * 1e3 for size, times in append_times.items()}
    finally:
        await database.close()
    rows = [
        Row(f"{what} at {size:,} rows, median", round(times[size], 3), "ms")
        for what, times in (("load", loads), ("append", appends))
        for size in SIZES
    ]
    rows.append(against("load at 100,000 rows against 1,000", loads[100_000], loads[1_000], "ms", most=1.25))
    rows.append(against("append at 100,000 rows against 1,000", appends[100_000], appends[1_000], "ms", most=1.25))
    return rows


async def _session(database: Database, vault: Vault, size: int) -> int:
    async def wake(_: int) -> None:
        return

    engine = Engine(Log(database.writer, vault), vault, wake)
    session, channel, person = next(_ids), next(_ids), next(_ids)
    opening = Opening(1, channel, 1, b"")
    start = Start(key=str(session), by=person, title="Bench", language="en-US", lead="ai")
    await engine.open(start, opening, session, Origin())
    await engine.execute(Join(key=str(next(_ids)), by=person, name="Lia"), channel=channel)
    state = (await engine.look(channel)).state
    states: dict[int, State] = {2: state}
    values = []
    snapshot_at = max(2, size - TAIL)
    for seq in range(3, size + 1):
        cast = Cast(seq - 3, "1d20+5", "19", "1d20+5 = [14] + 5 = 19", (Die(20, 14, kept=True, face=14),))
        events = (Rolled(by=person, cast=cast, hero="pc1"),)
        state = fold([LogRow(session, seq, str(seq), person, events)], state)
        if seq == snapshot_at:
            states[seq] = state
        values.append((session, seq, f"bulk{seq}", person, EVENTS_SCHEMA, encode_events(events), "{}"))
    await database.writer.copy_records_to_table(
        "log", records=values, columns=["session_id", "seq", "command_key", "actor", "schema", "events", "answer"]
    )
    if snapshot_at in states:
        await database.writer.execute(
            "INSERT INTO snapshots VALUES ($1, $2, $3, $4)",
            session,
            snapshot_at,
            STATE_SCHEMA,
            encode_state(states[snapshot_at]),
        )
    await database.writer.execute("UPDATE sessions SET head_seq = $2 WHERE session_id = $1", session, size)
    return channel


async def _cold_load(database: Database, vault: Vault, channel: int) -> float:
    log = Log(database.writer, vault)
    began = time.perf_counter()
    loaded = await log.read(channel=channel)
    took = time.perf_counter() - began
    assert loaded is not None
    return took


async def _append(database: Database, vault: Vault, channel: int) -> float:
    async def wake(_: int) -> None:
        return

    engine = Engine(Log(database.writer, vault), vault, wake)
    command = Roll(key=str(next(_ids)), by=1, dice="1d20+5")
    loaded = await engine.look(channel)
    began = time.perf_counter()
    await engine.execute(command, channel=channel)
    took = time.perf_counter() - began
    # Take the row back, so that every round appends after the same tail
    await database.writer.execute(_TAKE_BACK_ROW, loaded.session_id, loaded.state.seq)
    await database.writer.execute(_TAKE_BACK_HEAD, loaded.session_id, loaded.state.seq)
    return took
