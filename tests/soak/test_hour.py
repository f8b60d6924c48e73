"""An hour of many tables: nothing lost, nothing pending, memory flat, every cent on the bill.

`make soak` runs it; `YOURTALE_SOAK_MINUTES=5 make soak` for a shorter look.
"""

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from bench.parts import memory_mib
from playground.ai import Fault
from playground.people import Person
from tests.e2e.stack import Stack, open_stack

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("YOURTALE_SOAK_MINUTES", "60"))
TABLES = 20
GROWTH_MOST_MIB = 60.0
DEEDS = (
    "Olho em volta.", "Pego a lanterna.", "Vou ao armazém.", "Falo com Nilo.", "Abro o cadeado.", "Volto ao porto.",
    "Ataco a enguia.", "Me escondo.", "Ajudo quem caiu.", "Espero um pouco.",
)  # fmt: skip


async def test_many_tables_for_a_long_time(tmp_path: Path, database_url: str, redis_url: str) -> None:
    env = {"YOURTALE_AI_ORDER": "gemini,mistral,offline", "YOURTALE_BUDGET_SESSION_USD": "100"}
    async with open_stack(tmp_path, database_url, redis_url, **env) as stack:
        shards, worker, _ = await stack.start("shards", "worker", "scheduler")
        stack.ai.order(Fault("status", provider="gemini", times=20, skip=50), Fault("half_stream", times=20, skip=80))
        lia = await _seated(stack)
        started, acts, rest = time.monotonic(), 0, {}
        while (passed := (time.monotonic() - started) / 60) < MINUTES:
            if passed > MINUTES / 5 and not rest:
                rest = {role.word: memory_mib(role.process.pid) for role in (shards, worker)}
            done = await lia.command("act", channel=random.choice(lia.tables), text=random.choice(DEEDS))  # type: ignore[attr-defined]
            acts += not done.failed
            await asyncio.sleep(0.2)
        await _settled(stack)
        for role in (shards, worker):
            assert memory_mib(role.process.pid) - rest[role.word] < GROWTH_MOST_MIB, role.word
        told = await stack.db.fetchval("SELECT count(*) FROM log WHERE events::text LIKE '%\"Acted\"%'")
        assert told == acts
        assert await stack.db.fetchval("SELECT count(*) FROM delivery WHERE status = 'open'") == 0
        settled = await stack.db.fetchval("SELECT coalesce(sum(micro_usd), 0) FROM ledger WHERE state = 'settled'")
        every = await stack.db.fetchval("SELECT coalesce(sum(micro_usd), 0) FROM ledger")
        assert settled <= sum(row.micro_usd for row in stack.ai.bill.rows) <= every
        assert stack.violations == []


async def _seated(stack: Stack) -> Person:
    """Open the tables and seat Lia at each."""
    ana, lia = await stack.person("Ana", "taverna"), await stack.person("Lia", "taverna")
    guild = stack.playground.seeded.guild
    lia.tables = []  # type: ignore[attr-defined]
    for n in range(TABLES):
        async with lia.http.post(
            f"{lia.base_url}/control/channels", json={"guild_id": str(guild.id), "name": f"soak-{n}"}
        ) as answer:
            channel = str((await answer.json())["id"])
        opened = await ana.command("session start", channel=channel, title="Soak", language="pt-BR", lead="ai")
        assert opened.message is not None
        form = (await lia.press(opened.message, "Entrar")).modal
        assert form is not None
        await lia.submit(form, name="Lia", pronoun="she", archetype="thief", line="")
        lia.tables.append(channel)  # type: ignore[attr-defined]
    return lia


async def _settled(stack: Stack) -> None:
    """Wait until nothing is pending."""
    async with asyncio.timeout(60):
        while await stack.db.fetchval("SELECT count(*) FROM sessions WHERE pending_since IS NOT NULL"):
            await asyncio.sleep(0.2)
