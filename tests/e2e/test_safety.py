"""Cut scenes and gathered rounds on the whole: real processes, what people see, what is stored."""

import asyncio
import base64
import time

import pytest

from bot.settings import load
from bot.wiring import open_parts
from core.game.rules.talk import Act
from core.i18n import text
from playground.ai import Fault, Turn
from tests.e2e.play import Table, content, labels
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {"YOURTALE_AI_ORDER": "gemini,offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
ROLES = ("shards", "worker", "scheduler")
LOOK = "Olho em volta do cais."
STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. "
    "Bento prende a respiração. O sal estala sob as botas dos dois. A porta treme no batente."
)
LOCALES = pytest.mark.parametrize("locale", ["pt-BR", "en-US"])


async def _playing(stack: Stack, locale: str = "pt-BR", pause: str = "0") -> Table:
    table = await Table.open(stack, locale, await stack.channel(), "ai", pause)
    await table.join("Lia", "Bento")
    await table.begin()
    return table


async def _cut_line(table: Table) -> dict[str, object]:
    line = text(table.locale, "telling.cut_line")
    found: dict[str, object] = await table.gm.until(lambda m: content(m) == line, 20, channel=table.channel)
    return found


async def _stored(table: Table) -> str:
    """Everything of this session in its tables, but for the log's earlier rows."""
    rows = await table.stack.db.fetch(
        "SELECT to_jsonb(l)::text AS row FROM log l WHERE session_id = $1 AND actor = 0"
        " UNION ALL SELECT to_jsonb(d)::text FROM delivery d WHERE session_id = $1",
        table.session,
    )
    return "\n".join(row["row"] for row in rows)


@LOCALES
async def test_a_scene_cut_by_its_button_goes_at_once_for_good_and_without_a_name(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    told = await table.told("Lia", LOOK)
    assert table.label("x") in labels(told)
    bento = table.players["Bento"]
    pressed = await bento.press(told, table.label("x"))
    assert not pressed.failed
    assert content(table.gm.seen[told["id"]]) == text(locale, "telling.cut")
    line = await _cut_line(table)
    assert "interaction_metadata" not in line or line["interaction_metadata"] is None
    assert labels(line) == [table.label("go_on")]
    mine = await bento.until(lambda m: content(m) == text("pt-BR", "safety.yours"), 20)
    assert mine["flags"] & 64
    assert bento.id not in await _stored(table)
    drafts = await shared.db.fetch("SELECT draft FROM tellings WHERE session_id = $1 AND cut", table.session)
    assert [one["draft"] for one in drafts] == [None]

    listed = await table.gm.command("gm undo", steps=1, locale=locale)
    assert listed.message is not None
    for label in labels(listed.message)[:1]:
        await table.gm.press(listed.message, label)
    await asyncio.sleep(0)
    assert content(table.gm.seen[told["id"]]) == text(locale, "telling.cut")
    assert labels(table.gm.seen[told["id"]]) == []


async def test_a_scene_cut_while_it_streams_stops_though_no_word_comes(shared: Stack) -> None:
    table = await _playing(shared)
    shared.ai.order(Fault("slow_words", provider="gemini", seconds=60, after=16, times=0))
    shared.ai.script(Turn(pieces=tuple(f"{word} " for word in STORY.split())), provider="gemini")
    acted = await table.acted("Lia", "Escuto à porta.")
    assert acted.message is not None
    message = await table.narration(after=acted.message["id"], finished=False)
    cut = await table.players["Bento"].command("x")
    assert cut.message is not None
    assert cut.message["flags"] & 64
    async with asyncio.timeout(10):
        await table.gm.until(lambda m: m["id"] == message["id"] and content(m) == text("pt-BR", "telling.cut"), 10)
    line = await _cut_line(table)
    assert len(await table.tellings()) == 1
    assert table.players["Bento"].id not in await _stored(table)
    shared.ai.reset()
    await table.players["Lia"].press(line, table.label("go_on"))
    again = await table.narration(after=str(line["id"]))
    assert not content(again).startswith("Lia encosta")
    log = "\n".join(role.log.read_text() for role in shared.roles)
    assert table.players["Bento"].id not in log


async def test_a_round_is_told_at_its_deadline_without_who_did_not_act(shared: Stack) -> None:
    table = await _playing(shared, pause="30")
    waits = await table.acted("Lia", LOOK)
    assert "falta Bento · narro <t:" in content(waits.message)
    assert len(await table.tellings()) == 1
    await table.players["Lia"].press(waits.message, table.label("cancel"))
    key = base64.urlsafe_b64encode(bytes(range(32))).decode()
    urls = {"database_url": shared.database_url, "redis_url": shared.redis_url, "discord_token": "x.y.z"}
    async with open_parts(load(None, beside=False, master_keys=(key,), button_keys=(key,), **urls)) as parts:
        lia = int(table.players["Lia"].id)
        act = Act(key="late", by=lia, text=LOOK, at=int(time.time()) - 60)
        await parts.engine.execute(act, session=table.session)
    assert waits.message is not None
    told = await table.narration(after=waits.message["id"])
    assert "-# Bento fica por perto, sem se arriscar." in content(told)
    back = await table.acted("Bento", LOOK)
    assert not back.failed
    missed = text("pt-BR", "story.missed", n=1, name="Bento", hp=13, hp_max=13)
    found = await table.players["Bento"].until(lambda m: content(m) == missed, 20)
    assert found["flags"] & 64
