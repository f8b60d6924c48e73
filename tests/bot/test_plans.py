"""How PostgreSQL goes about the statements of every turn, in a session of 20,000 rows among many."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import asyncpg
import pytest

from bot.delivery.store import DeliveryStore
from bot.ledger import PostgresLedger
from bot.pending import Pending
from core.ai import Account, Attempt, Caps, Usage
from core.db.migrate import migrate
from core.db.vault import Vault
from core.game.engine import Engine, Origin
from core.game.log import Log, Opening
from core.game.rows import encode_state
from core.game.rules.table import Join, Start
from core.game.rules.talk import Act
from core.game.state import STATE_SCHEMA
from core.story.tellings import Tellings

ROWS: Final = 20_000
PAGES_MOST: Final = 60
"""Pages of 8 KiB that a statement may touch, of the thousands that are there."""
SESSION: Final = 500_000
LONG: Final = f"""
INSERT INTO log (session_id, seq, command_key, actor, schema, events, answer)
    SELECT {SESSION}, i, 'bulk' || i, 7, 1, '[]', '{{}}' FROM generate_series(3, {ROWS}) i;
INSERT INTO words SELECT {SESSION}, i, 'act', 7, 7, '"all"', 'x' FROM generate_series(3, {ROWS}) i;
INSERT INTO tellings (session_id, start, draft) SELECT {SESSION}, i, 'x' FROM generate_series(3, {ROWS}) i;
INSERT INTO delivery (session_id, from_seq, application_id, channel_id, status, private, message_ids)
    SELECT {SESSION}, i, 1, 1, CASE WHEN i % 2 = 0 THEN 'closed' ELSE 'past' END, i % 2 = 0, '{{1}}'
    FROM generate_series(3, {ROWS}) i;
UPDATE sessions SET head_seq = {ROWS} WHERE session_id = {SESSION};
"""
MANY: Final = f"""
INSERT INTO sessions
    (session_id, guild_id, channel_id, application_id, language, status, head_seq, secrets, active_at)
    SELECT i, 1, i, 1, 'pt-BR', 'ended', 1, '', now() - interval '1 day' FROM generate_series(1, {ROWS}) i;
INSERT INTO person_keys (key_id, person_id, wrapped) SELECT i, i, 'x' FROM generate_series(1, {ROWS}) i;
INSERT INTO ledger
    (guild_id, session_id, person_id, attempt, reference, kind, provider, model, key_hint, state, micro_usd)
    SELECT i, i, i, 1, i, 'narration', 'p', 'm', 'k', 'settled', 1 FROM generate_series(1, {ROWS}) i;
ANALYZE;
"""
Asked = dict[str, tuple[object, ...]]


@pytest.fixture
async def asked() -> Asked:
    """Statements as they were asked, with their last values."""
    return {}


@pytest.fixture
async def pool(database_url: str, asked: Asked) -> AsyncIterator[asyncpg.Pool]:
    await migrate(database_url)

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda found: asked.update({found.query: tuple(found.args or ())}))

    async def as_it_is(_: asyncpg.Connection) -> None:
        return

    async with asyncpg.create_pool(database_url, init=listen, reset=as_it_is, min_size=1, max_size=2) as opened:
        yield opened


async def test_every_statement_of_a_turn_goes_by_an_index(pool: asyncpg.Pool, asked: Asked) -> None:
    vault = Vault([bytes(range(32))])
    await _played(pool, vault)
    asked.clear()
    await _turn(pool, vault)
    for edge in ("BEGIN;", "COMMIT;"):
        asked.pop(edge, None)
    found = {query: await _plan(pool, query, values) for query, values in list(asked.items())}
    assert len(found) >= 18
    assert {query: faults for query, plan in found.items() if (faults := list(_faults(plan)))} == {}


def _engine(pool: asyncpg.Pool, vault: Vault) -> Engine:
    async def wake(_: int) -> None:
        return

    return Engine(Log(pool, vault), vault, wake)


async def _played(pool: asyncpg.Pool, vault: Vault) -> None:
    """A long session among many others."""
    engine = _engine(pool, vault)
    start = Start(key="start", by=1_000_001, title="Plano", language="pt-BR", lead="ai")
    await engine.open(start, Opening(1, SESSION, 1, b""), SESSION, Origin())
    joined = await engine.execute(Join(key="join", by=1_000_002, name="Lia"), channel=SESSION)
    await pool.execute(LONG)
    snapshot = encode_state(joined.state.with_(seq=ROWS))
    await pool.execute("INSERT INTO snapshots VALUES ($1, $2, $3, $4)", SESSION, ROWS, STATE_SCHEMA, snapshot)
    await pool.execute(MANY)


async def _turn(pool: asyncpg.Pool, vault: Vault) -> None:
    """All that a turn asks of the database."""
    engine, pending, store = _engine(pool, vault), Pending(pool), DeliveryStore(pool, vault)
    tellings, money = Tellings(pool, vault), PostgresLedger(pool)
    acted = await engine.execute(Act(key="act", by=1_000_002, text="Entro."), channel=SESSION)
    loaded = await engine.log.read(session=SESSION)
    assert loaded
    key, start = loaded.secrets.text_key, acted.seq
    await engine.log.rows(SESSION, start - 1, start)
    await engine.log.words(SESSION, [start])
    row = await store.open(SESSION, start)
    claim = await tellings.claim(SESSION, start, start, key)
    account = Account(guild_id=1, session_id=SESSION, person_id=1)
    await money.spent([counter for counter, _ in Caps(guild=5, session=5, person=5).of(account, time.time())])
    attempt = await money.open(Attempt(account, "narration", "p", "m", "k", 1, 1, 1, 5))
    await money.settle(attempt, Usage(), 3, "ok")
    await money.charged([attempt])
    await money.give_up_lost(900)
    await tellings.keep(claim, key, "Chove.", "oracle", [], whole=True)
    await tellings.read(SESSION, [start], key)
    await store.undone(SESSION, start)
    await store.posting(row)
    await store.posted(row, 1)
    await store.undoing(SESSION)
    await store.unclosed(SESSION)
    await store.buttoned(SESSION, start)
    await store.status(row, "closed", 6)
    await pending.due(0)
    await pending.oldest_seconds()
    assert await pending.active_sessions() >= 1
    await pending.postpone(SESSION, [1.0])
    await pending.done(SESSION, start)


async def _plan(pool: asyncpg.Pool, query: str, values: tuple[object, ...]) -> dict[str, Any]:
    """Run a statement again, in a transaction that comes to nothing, and return how it went."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            # A table that fits a page is scanned for good reason, so what no index can serve is asked for
            await connection.execute("SET LOCAL enable_seqscan = off")
            if query.lstrip().startswith("WITH appended"):
                values = (values[0], ROWS + 2, "again", *values[3:])
            if query.lstrip().startswith("INSERT INTO ledger"):
                values = ([1 << 62], *values[1:])
            found: str = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *values)
        finally:
            await transaction.rollback()
    plan: dict[str, Any] = json.loads(found)[0]["Plan"]
    return plan


def _faults(plan: dict[str, Any]) -> Iterator[str]:
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    if pages > PAGES_MOST:
        yield f"{pages} pages"
    for node in _nodes(plan):
        if node["Node Type"] == "Seq Scan" and node["Actual Loops"]:
            yield f"scans {node['Relation Name']}"
        if node.get("Rows Removed by Filter", 0) > 10:
            yield f"{node['Rows Removed by Filter']} rows read in vain"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
