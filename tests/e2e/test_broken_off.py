"""An installation that would rather stop than have the backup tell on: what broke off goes on with a button."""

import asyncio

import pytest

from core.i18n import text
from playground.ai import Fault, ToolAsk, Turn
from tests.e2e.play import Table, content, labels, told
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {
    "YOURTALE_AI_ORDER": "gemini,offline",
    "YOURTALE_EDIT_INTERVAL": "0.2",
    "YOURTALE_ON_OUTAGE": "stop",
}
BEGUN = "O vento muda e traz cheiro de alcatrão. O sal estala debaixo das solas."
REST = "Um cão late duas ruas acima. Longe, a luz do farol pisca."
CHECK = ToolAsk("check", {"who": "pc1", "skill": "notice", "level": "even"})


def _pieces(story: str) -> tuple[str, ...]:
    return tuple(f"{word} " for word in story.split())


async def test_what_broke_off_goes_on_with_its_deeds_and_the_roll_it_had(shared: Stack) -> None:
    table = await Table.open(shared, channel=await shared.channel())
    await table.join("Lia")
    shared.ai.script(Turn(pieces=(), calls=(CHECK,)), provider="gemini")
    shared.ai.script(Turn(pieces=_pieces(f"{BEGUN} E então, de repente")), provider="gemini")
    shared.ai.order(Fault("half_stream", skip=1, after=15))
    shared.ai.order(Fault("status", times=0))
    acted = await table.acted("Lia", "Escuto o mar com atenção.")
    assert acted.message is not None
    stopped = text("pt-BR", "telling.stopped")
    broken = await table.gm.until(lambda m: stopped in content(m), 40, channel=table.channel)
    assert BEGUN.startswith(told(content(broken)))
    assert labels(broken) == [table.label(one) for one in ("continue", "other", "x", "more")]
    rolls = await _rolls(table)
    assert rolls == 1
    shared.ai.reset()
    shared.ai.script(Turn(pieces=_pieces(REST), calls=(CHECK,)), provider="gemini")
    await table.players["Lia"].press(broken, table.label("continue"))
    rest = await table.narration(after=broken["id"])
    assert told(content(rest)).startswith(REST)
    assert "Escuto o mar com atenção." in str(shared.ai.requests[0].body)
    assert await _rolls(table) == rolls


async def test_a_version_that_nobody_can_tell_leaves_the_first_and_holds_nothing_up(shared: Stack) -> None:
    table = await Table.open(shared, channel=await shared.channel())
    await table.join("Lia")
    shared.ai.script(Turn(pieces=_pieces(BEGUN)), provider="gemini")
    message = await table.told("Lia", "Escuto o mar.")
    menu = (await table.gm.press(message, table.label("more"))).message
    shared.ai.order(Fault("status", times=0))
    await table.gm.press(menu, table.label("again_told"))
    async with asyncio.timeout(30):
        while not await shared.db.fetchval(
            "SELECT count(*) FROM log WHERE session_id = $1 AND events->0->>'type' = 'VersionSettled'", table.session
        ):
            await asyncio.sleep(0.1)
    assert told(content(table.gm.seen[message["id"]])) == BEGUN
    shared.ai.reset()
    shared.ai.script(Turn(pieces=_pieces(REST)), provider="gemini")
    assert told(await table.act("Lia", "Espero.")) == REST


async def _rolls(table: Table) -> int:
    found: int = await table.stack.db.fetchval(
        """SELECT count(*) FROM log WHERE session_id = $1 AND events @> '[{"type": "Checked"}]'""", table.session
    )
    return found
