"""What a table does, in both languages, with the offline storyteller: one stack, a channel for each test."""

import asyncio

import pytest

from core.i18n import text
from tests.e2e.play import Table, content, labels
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {"YOURTALE_AI_ORDER": "offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
LOCALES = pytest.mark.parametrize("locale", ["pt-BR", "en-US"])
LOOK = {"pt-BR": "Olho em volta do cais.", "en-US": "I look around the harbour."}
QUESTION = {"pt-BR": "Onde eu estou?", "en-US": "Where am I?"}


async def _playing(stack: Stack, locale: str = "pt-BR", lead: str = "ai", *heroes: str) -> Table:
    table = await Table.open(stack, locale, await stack.channel(), lead)
    await table.join(*(heroes or ("Lia", "Bento")))
    return table


@LOCALES
async def test_a_paused_table_refuses_acts_and_goes_on_when_resumed(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    await table.begin()
    paused = await table.gm.command("session pause")
    assert content(paused.message) == text(locale, "table.paused")
    refused = await table.players["Lia"].command("act", text=LOOK[locale])
    assert refused.message is not None
    assert refused.message["flags"] & 64
    resumed = await table.gm.command("session resume")
    assert content(resumed.message) == text(locale, "table.resumed")
    assert await table.act("Lia", LOOK[locale])
    assert len(await table.tellings()) == 2


@LOCALES
async def test_an_ended_table_takes_no_act_and_leaves_its_channel_free(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    await table.begin()
    assert content((await table.end()).message).startswith("🌙")
    refused = await table.players["Lia"].command("act", text=LOOK[locale])
    assert refused.message is not None
    assert refused.message["flags"] & 64
    again = await Table.open(shared, locale, table.channel)
    assert again.session != table.session


@LOCALES
async def test_a_game_master_who_leads_says_when_it_is_told(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale, "gm")
    await table.begin()
    first, second = await table.acted("Lia", LOOK[locale]), await table.acted("Bento", LOOK[locale])
    assert first.message is not None
    assert second.message is not None
    assert table.label("tell") in labels(second.message)
    by_player = await table.players["Lia"].press(second.message, table.label("tell"))
    assert by_player.message is not None
    assert by_player.message["flags"] & 64
    assert len(await table.tellings()) == 1
    await table.gm.press(second.message, table.label("tell"))
    await table.narration(after=second.message["id"])
    acts = await shared.db.fetch(
        "SELECT seq FROM log WHERE session_id = $1 AND events->0->>'type' = 'Acted' ORDER BY seq", table.session
    )
    assert (await table.tellings())[-1]["through"] >= acts[-1]["seq"]
    assert len(await table.tellings()) == 2


@LOCALES
async def test_a_question_is_answered_to_its_asker_alone(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    await table.begin()
    asker = table.players["Lia"]
    asked = await asker.command("ask", question=QUESTION[locale], locale=locale)
    assert asked.message is not None
    waiting = content(asked.message)
    answer = await asker.until(
        lambda m: m["id"] == asked.message["id"] and content(m) != waiting,  # type: ignore[index]
        20,
    )
    assert answer["flags"] & 64
    assert len(content(answer).split()) >= 3
    assert asked.message["id"] not in {m["id"] for m in await table.gm.messages(table.channel)}
    assert len(await table.tellings()) == 1


@LOCALES
async def test_words_to_a_figure_get_an_answer_and_words_among_players_none(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    await table.begin()
    said = {"pt-BR": "Nilo, o que você sabe do sino?", "en-US": "Nilo, what do you know about the bell?"}
    await table.players["Bento"].command("say", text="…")
    done = await table.players["Lia"].command("say", text=said[locale])
    assert done.message is not None
    told = await table.narration(after=done.message["id"])
    assert "Nilo" in content(told)
    assert len(await table.tellings()) == 2


@LOCALES
async def test_an_undo_is_listed_done_read_in_private_and_redone(shared: Stack, locale: str) -> None:
    table = await _playing(shared, locale)
    await table.begin()
    told = await table.told("Lia", LOOK[locale])
    listed = await table.gm.command("gm undo", steps=2, locale=locale)
    assert listed.message is not None
    assert listed.message["flags"] & 64
    assert "Lia" in content(listed.message)
    await table.gm.press(listed.message, table.label("undo", n=2))
    undone = await table.gm.until(lambda m: m["id"] == told["id"] and content(m).startswith("↩"), 20)
    assert labels(undone) == [table.label("read")]
    read = await table.players["Bento"].press(undone, table.label("read"))
    assert read.message is not None
    assert read.message["flags"] & 64
    assert content(told).startswith(content(read.message))
    line = await table.gm.until(lambda m: table.label("redo") in labels(m), 20, channel=table.channel)
    await table.gm.press(line, table.label("redo"))
    await table.gm.until(lambda m: content(m).startswith("↪"), 20, channel=table.channel)
    assert await table.act("Bento", LOOK[locale])
    state = await table.gm.command("session status")
    assert "4" in content(state.message).splitlines()[0]


async def test_only_the_newest_narration_keeps_its_buttons(shared: Stack) -> None:
    table = await _playing(shared)
    await table.begin()
    first = await table.told("Lia", LOOK["pt-BR"])
    second = await table.told("Bento", LOOK["pt-BR"])
    cleared = await table.gm.until(lambda m: m["id"] == first["id"] and not m["components"], 20)
    assert content(cleared) == content(first)
    assert table.label("other") in labels(table.gm.seen[second["id"]])


async def test_three_people_acting_at_once_are_each_told_once_and_in_order(shared: Stack) -> None:
    table = await _playing(shared, "pt-BR", "ai", "Lia", "Bento", "Kim")
    await table.begin()
    deeds = {"Lia": "Olho o cais.", "Bento": "Examino a água.", "Kim": "Escuto o vento."}
    done = await asyncio.gather(*(table.acted(hero, words) for hero, words in deeds.items()))
    last = max(int(d.message["id"]) for d in done if d.message)
    rows = await shared.db.fetch(
        "SELECT seq FROM log WHERE session_id = $1 AND events->0->>'type' = 'Acted' ORDER BY seq", table.session
    )
    acts = [row["seq"] for row in rows]
    async with asyncio.timeout(20):
        while (await table.tellings())[-1]["through"] < acts[-1]:
            await asyncio.sleep(0.1)
    await table.narration(after=str(last))
    tellings = (await table.tellings())[1:]
    covered = [[a for a in acts if low < a <= t["through"]] for low, t in _lows(tellings)]
    assert [a for some in covered for a in some] == acts
    assert all(covered)
    shown = [m for m in await table.gm.messages(table.channel) if m["author"].get("bot") and table.growing(m)]
    assert len(shown) == len(await table.tellings())


def _lows(tellings: list[dict[str, int]]) -> list[tuple[int, dict[str, int]]]:
    lows = [0, *(t["through"] for t in tellings)]
    return list(zip(lows, tellings, strict=False))


async def test_an_interaction_delivered_twice_has_one_row_and_one_answer(shared: Stack) -> None:
    table = await _playing(shared)
    await table.begin()
    await shared.control("gateway", action="duplicate_interactions")
    try:
        told = await table.told("Lia", LOOK["pt-BR"])
        rolled = await table.players["Bento"].command("roll", dice="1d20")
        assert not rolled.failed
    finally:
        await shared.control("gateway", action="duplicate_interactions", enabled=False)
    await table.act("Bento", LOOK["pt-BR"])
    shown = [content(m) for m in await table.gm.messages(table.channel)]
    assert sum(one.startswith("**Lia:**") for one in shown) == 1
    assert sum(one.startswith("🎲") for one in shown) == 1
    assert sum(one.split("\n")[0] == content(told).split("\n")[0] for one in shown) == 1
    kinds = await shared.db.fetch(
        "SELECT events->0->>'type' AS kind, count(*) AS n FROM log WHERE session_id = $1 GROUP BY 1", table.session
    )
    counts = {row["kind"]: row["n"] for row in kinds}
    assert (counts["Acted"], counts["Rolled"], counts["Told"]) == (2, 1, 3)
