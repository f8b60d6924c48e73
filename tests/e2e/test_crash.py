"""A worker killed with SIGKILL at each moment of a telling: nothing lost or twice, the shown story only grows."""

import asyncio
import itertools
import signal
from typing import get_args

import pytest

from bot.crash import Moment
from playground.ai import Fault, ToolAsk, Turn
from tests.e2e.play import Table, content
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

GEMINI = {"YOURTALE_AI_ORDER": "gemini,offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
CHECK = ToolAsk("check", {"who": "pc1", "skill": "notice", "level": "easy"})
STORY = (
    "Lia encosta o ouvido na porta do armazém. Lá dentro alguém arrasta um peso. ",
    "Bento segura a lanterna baixa. O sal estala sob as botas dos dois. ",
    "Uma corrente range no fundo. A porta treme no batente.",
)
PIECES = tuple(f"{word} " for part in STORY for word in part.split())


class Watch:
    """Every form that the messages after an action took, as people saw them."""

    def __init__(self, table: Table) -> None:
        self.forms: dict[str, list[str]] = {}
        self._task = asyncio.create_task(self._read(table))

    async def _read(self, table: Table) -> None:
        async for event in table.gm.events():
            if event["t"] in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and event["d"]["author"].get("bot"):
                self.forms.setdefault(event["d"]["id"], []).append(content(event["d"]))

    def narrations(self) -> dict[str, list[str]]:
        return {key: forms for key, forms in self.forms.items() if not forms[0].startswith(("**", "▶"))}

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def told(text: str) -> str:
    """The story part of a message, without the mechanics line."""
    return text.split("\n-# ", maxsplit=1)[0].removeprefix("-# ").rstrip()


def only_grows(forms: list[str]) -> bool:
    return all(told(later).startswith(told(earlier)) for earlier, later in itertools.pairwise(forms))


async def _money_is_conserved(stack: Stack) -> None:
    """Settled rows equal their bills exactly; what was cut is an estimate and never below its bill."""
    rows = await stack.db.fetch("SELECT state, micro_usd, input_tokens, output_tokens FROM ledger ORDER BY id")
    bills = list(stack.ai.bill.rows)
    for row in (r for r in rows if r["state"] == "settled"):
        match = next(
            b
            for b in bills
            if (b.micro_usd, b.input, b.output) == (row["micro_usd"], row["input_tokens"], row["output_tokens"])
        )
        bills.remove(match)
    estimates = sorted((r["micro_usd"] for r in rows if r["state"] != "settled"), reverse=True)
    assert len(bills) <= len(estimates)
    for bill, estimate in zip(sorted((b.micro_usd for b in bills), reverse=True), estimates, strict=False):
        assert bill <= estimate


async def _one_effect(stack: Stack) -> None:
    asks = await stack.db.fetch("SELECT command_key, count(*) n FROM log WHERE command_key LIKE 'ask:%' GROUP BY 1")
    assert all(r["n"] == 1 for r in asks)
    checks = await stack.db.fetchval("SELECT count(*) FROM log WHERE events::text LIKE '%\"Checked\"%'")
    assert checks <= 1
    tellings = await stack.db.fetch(
        "SELECT events->0->>'start' s, count(*) n FROM log WHERE command_key LIKE 'tell:%' GROUP BY 1"
    )
    assert all(r["n"] == 1 for r in tellings)


async def _scene(stack: Stack) -> Table:
    stack.ai.order(Fault("slow_words", seconds=0.04, after=0, times=0))
    table = await Table.open(stack)
    await table.join("Lia", "Bento")
    return table


@pytest.mark.parametrize("stack", [GEMINI], indirect=True, ids=["gemini"])
@pytest.mark.parametrize("moment", get_args(Moment))
async def test_a_worker_killed_at(stack: Stack, moment: Moment) -> None:
    await stack.start("shards", "scheduler")
    table = await _scene(stack)
    stack.ai.script(Turn(calls=(CHECK,)), Turn(pieces=PIECES), provider="gemini")
    flag = stack.folder / "die"
    flag.touch()
    (first,) = await stack.start("worker", YOURTALE_DIE_AT=f"{moment}:{flag}")
    watch = Watch(table)
    acted = await table.acted("Lia", "Escuto à porta do armazém.")
    assert await first.ended(30) == -signal.SIGKILL, stack.logs()
    await stack.start("worker")
    assert acted.message is not None
    message = await table.narration(after=acted.message["id"], timeout=40)
    await asyncio.sleep(0.5)
    await watch.stop()
    assert len(watch.narrations()) == 1, watch.narrations()
    assert only_grows(watch.forms[message["id"]]), watch.forms[message["id"]]
    assert told(content(message)).endswith((".", "!", "?", "…", "”"))
    await _one_effect(stack)
    await _money_is_conserved(stack)
    assert await stack.db.fetchval("SELECT count(*) FROM log WHERE command_key LIKE 'tell:%'") == 1


@pytest.mark.parametrize("stack", [GEMINI], indirect=True, ids=["gemini"])
async def test_sigterm_in_mid_story_ends_cleanly_and_the_story_is_told_to_its_end(stack: Stack) -> None:
    await stack.start("shards", "scheduler")
    table = await _scene(stack)
    stack.ai.script(Turn(pieces=PIECES), provider="gemini")
    (first,) = await stack.start("worker")
    watch = Watch(table)
    acted = await table.acted("Lia", "Escuto à porta do armazém.")
    assert acted.message is not None
    await table.narration(after=acted.message["id"], finished=False)
    first.kill(signal.SIGTERM)
    assert await first.ended(25) == 0
    await stack.start("worker")
    message = await table.narration(after=acted.message["id"], timeout=40)
    await watch.stop()
    assert len(watch.narrations()) == 1
    assert only_grows(watch.forms[message["id"]])
    await _money_is_conserved(stack)
