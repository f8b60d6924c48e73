"""A worker killed with SIGKILL at each moment of a telling: nothing lost or twice, the shown story only grows."""

import signal
from pathlib import Path
from typing import get_args

import pytest

from bot.crash import Moment
from playground.ai import Fault, ToolAsk, Turn
from tests.e2e.play import Table, Watch, content, only_grows, told
from tests.e2e.stack import Role, Stack

pytestmark = pytest.mark.e2e

ENV = {
    "YOURTALE_AI_ORDER": "gemini,offline",
    "YOURTALE_EDIT_INTERVAL": "0.2",
    "YOURTALE_WORKER_LOCK_SECONDS": "2",
}
ROLES = ("shards", "scheduler")
CHECK = ToolAsk("check", {"who": "pc1", "skill": "notice", "level": "easy"})
STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. ",
    "Bento prende a respiração. O sal estala sob as botas dos dois. ",
    "Uma corrente range no fundo. A porta treme no batente.",
)
PIECES = tuple(f"{word} " for part in STORY for word in part.split())


async def _money_is_conserved(table: Table) -> None:
    """Settled rows equal their bills exactly; what was cut is an estimate and never below its bill."""
    rows = await table.stack.db.fetch(
        "SELECT state, micro_usd, input_tokens, output_tokens FROM ledger WHERE session_id = $1 ORDER BY id",
        table.session,
    )
    bills = list(table.stack.ai.bill.rows)
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


async def _one_effect(table: Table) -> None:
    rows = await table.stack.db.fetch(
        "SELECT command_key, events::text AS events FROM log WHERE session_id = $1", table.session
    )
    keys = [r["command_key"] for r in rows if r["command_key"].startswith(("ask:", "tell:"))]
    assert len(keys) == len(set(keys))
    assert sum('"Checked"' in r["events"] for r in rows) <= 1
    assert len(await table.tellings()) == 1


async def _scene(stack: Stack, *turns: Turn) -> Table:
    table = await Table.open(stack, channel=await stack.channel())
    await table.join("Lia", "Bento")
    stack.ai.order(Fault("slow_words", seconds=0.04, after=0, times=0))
    stack.ai.script(*turns, provider="gemini")
    return table


async def _worker(stack: Stack, order: Path) -> Role:
    """The worker at work: the one that lived through the test before, or a new one."""
    living = [role for role in stack.roles if role.word == "worker" and role.process.poll() is None]
    return living[0] if living else (await stack.start("worker", YOURTALE_DIE_AT=str(order)))[0]


async def _told_on(table: Table, watch: Watch, after: str) -> None:
    """The next worker tells it to its end, in one message that only grew."""
    message = await table.narration(after=after, timeout=40)
    await watch.stop()
    assert len(watch.narrations()) == 1, watch.narrations()
    assert only_grows(watch.forms[message["id"]]), watch.forms[message["id"]]
    assert told(content(message)).endswith((".", "!", "?", "…", "”"))
    await _one_effect(table)
    await _money_is_conserved(table)


@pytest.mark.parametrize("moment", get_args(Moment))
async def test_a_worker_killed_at(shared: Stack, moment: Moment) -> None:
    order = shared.folder / "die"
    first = await _worker(shared, order)
    table = await _scene(shared, Turn(calls=(CHECK,)), Turn(pieces=PIECES))
    order.write_text(moment)
    watch = Watch(table)
    acted = await table.acted("Lia", "Escuto à porta do armazém.")
    assert await first.ended(30) == -signal.SIGKILL, shared.logs()
    await _worker(shared, order)
    assert acted.message is not None
    await _told_on(table, watch, acted.message["id"])


async def test_sigterm_in_mid_story_ends_cleanly_and_the_story_is_told_to_its_end(shared: Stack) -> None:
    first = await _worker(shared, shared.folder / "die")
    table = await _scene(shared, Turn(pieces=PIECES))
    watch = Watch(table)
    acted = await table.acted("Lia", "Escuto à porta do armazém.")
    assert acted.message is not None
    await table.narration(after=acted.message["id"], finished=False)
    first.kill(signal.SIGTERM)
    assert await first.ended(25) == 0
    await _worker(shared, shared.folder / "die")
    await _told_on(table, watch, acted.message["id"])
