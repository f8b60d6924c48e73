"""What stands under a narration: suggested deeds, the ⋯ menu, other versions, edits, going on, and why."""

import asyncio
from typing import Any

import pytest

from core.i18n import text
from playground.ai import Turn
from playground.people import PlayError
from tests.e2e.play import Table, content, labels, told
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {"YOURTALE_AI_ORDER": "gemini,offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
LOCALES = pytest.mark.parametrize("locale", ["pt-BR", "en-US"])
ACT = {"pt-BR": "Escuto à porta do armazém.", "en-US": "I listen at the warehouse door."}
FIRST = {
    "pt-BR": "O vento muda e traz cheiro de alcatrão. O sal estala debaixo das solas. Longe, a luz do farol pisca.",
    "en-US": "The wind turns and brings a smell of tar. Salt cracks underfoot. Far off, the lighthouse blinks.",
}
OTHER = {
    "pt-BR": "A madeira range e cala. Um cão late duas ruas acima, e uma janela se fecha com cuidado.",
    "en-US": "Wood creaks and falls still. A dog barks two lanes up, and a window is closed with care.",
}


def mine(button: str) -> str:
    """Return a button of a private message: it speaks the language of whoever reads it."""
    return text("pt-BR", f"buttons.{button}")


async def _told(stack: Stack, locale: str) -> tuple[Table, Any]:
    """Return a table with one narration of a model's."""
    table = await Table.open(stack, locale, await stack.channel())
    await table.join("Lia", "Bento")
    script(stack, FIRST[locale])
    return table, await table.told("Lia", ACT[locale])


def script(stack: Stack, story: str) -> None:
    stack.ai.script(Turn(pieces=tuple(f"{word} " for word in story.split())), provider="gemini")


async def _menu(table: Table, message: Any, who: str = "") -> Any:
    person = table.players[who] if who else table.gm
    done = await person.press(message, table.label("more"))
    assert done.message is not None, table.stack.logs()
    assert done.message["flags"] & 64
    return done.message


async def _now(table: Table, message: Any, wanted: str) -> Any:
    """Return a message once it says something."""
    try:
        return await table.gm.until(
            lambda m: m["id"] == message["id"] and wanted in content(m), 20, channel=table.channel
        )
    except TimeoutError as late:
        raise AssertionError(f"{wanted!r} is not said\n{table.stack.logs()}") from late


@LOCALES
async def test_a_suggested_deed_is_the_pressers_own_and_holds_while_the_scene_does(shared: Stack, locale: str) -> None:
    table, message = await _told(shared, locale)
    assert len(labels(message)) == 5
    hook = text(locale, "suggest.label.go.lighthouse")
    assert labels(message)[0] == hook, content(message)
    script(shared, OTHER[locale])
    acted = await table.players["Bento"].press(message, hook)
    assert acted.message is not None
    assert content(acted.message).startswith(f"**Bento:** {text(locale, 'suggest.act.go.lighthouse')}")
    await table.narration(after=acted.message["id"])
    try:
        late = await table.players["Lia"].press(message, hook)
    except PlayError as gone:
        assert "UNKNOWN_COMPONENT" in str(gone), "the buttons of an older narration may be gone already"
        return
    assert late.message is not None
    error = await table.players["Lia"].until(lambda m: text("pt-BR", "refusal.moved_on") in content(m))
    assert error["flags"] & 64


@LOCALES
async def test_a_retry_tells_the_same_in_other_words_and_rolls_nothing(shared: Stack, locale: str) -> None:
    table, message = await _told(shared, locale)
    menu = await _menu(table, message)
    assert "US$" in content(menu)
    script(shared, OTHER[locale])
    await table.gm.press(menu, mine("again_told"))
    again = await table.narration(after=message["id"])
    assert told(content(again)) == OTHER[locale]
    assert len(labels(again)) == 5
    await _now(table, message, text(locale, "telling.retold"))
    assert len(await table.tellings()) == 1
    asked = await shared.db.fetchval(
        "SELECT count(*) FROM log WHERE session_id = $1 AND command_key LIKE 'ask:%'", table.session
    )
    assert asked == 0


@LOCALES
async def test_a_second_version_stands_beside_the_first_until_one_is_chosen(shared: Stack, locale: str) -> None:
    table, message = await _told(shared, locale)
    script(shared, OTHER[locale])
    await table.gm.press(await _menu(table, message), mine("other_told"))
    other = await table.gm.until(lambda m: table.label("version_take") in labels(m), 20, channel=table.channel)
    assert told(content(other)) == OTHER[locale]
    stranger = await table.players["Lia"].press(other, table.label("version_take"))
    assert stranger.message is not None
    assert stranger.message["flags"] & 64
    await table.gm.press(other, table.label("version_take"))
    await _now(table, message, text(locale, "telling.retold"))
    chosen = await table.narration(after=message["id"])
    assert chosen["id"] == other["id"]
    assert told(content(chosen)) == OTHER[locale]


async def test_the_first_version_stays_where_it_is_kept(shared: Stack) -> None:
    table, message = await _told(shared, "pt-BR")
    script(shared, OTHER["pt-BR"])
    await table.gm.press(await _menu(table, message), mine("other_told"))
    other = await table.gm.until(lambda m: table.label("version_leave") in labels(m), 20, channel=table.channel)
    await table.gm.press(other, table.label("version_leave"))
    await _now(table, other, text("pt-BR", "telling.left"))
    kept = await _now(table, message, FIRST["pt-BR"])
    assert labels(kept) == labels(message)


async def test_an_edit_replaces_the_text_and_says_nothing_of_who(shared: Stack) -> None:
    table, message = await _told(shared, "pt-BR")
    menu = await _menu(table, message)
    form = (await table.gm.press(menu, mine("edit"))).modal
    assert form is not None
    await table.gm.submit(form, text="A porta não tem trinco. Alguém canta lá dentro.")
    edited = await _now(table, message, "Alguém canta")
    assert told(content(edited)) == "A porta não tem trinco. Alguém canta lá dentro."
    seen = await shared.db.fetch(
        "SELECT events FROM log WHERE session_id = $1 AND events->0->>'type' LIKE 'Version%'", table.session
    )
    assert all('"to":"gm"' in row["events"].replace(" ", "") for row in seen)
    script(shared, OTHER["pt-BR"])
    await table.told("Bento", "Espero junto à porta.")
    assert any("Alguém canta" in str(call.body) for call in shared.ai.requests)


@LOCALES
async def test_the_storyteller_goes_on_without_a_deed_when_asked(shared: Stack, locale: str) -> None:
    table, message = await _told(shared, locale)
    script(shared, OTHER[locale])
    await table.players["Lia"].press(await _menu(table, message, "Lia"), mine("continue"))
    on = await table.narration(after=message["id"])
    assert told(content(on)) == OTHER[locale]
    assert len(await table.tellings()) == 2


@LOCALES
async def test_why_says_what_was_used_and_its_correction_is_pinned_and_told_by(shared: Stack, locale: str) -> None:
    table, message = await _told(shared, locale)
    why = (await table.gm.press(await _menu(table, message), mine("why"))).message
    assert why is not None
    assert content(why).startswith(text("pt-BR", "why.head"))
    assert "gemini" in content(why)
    assert "US$" in content(why)
    form = (await table.gm.press(why, mine("pin"))).modal
    assert form is not None
    fact = {"pt-BR": "A porta é de ferro.", "en-US": "The door is made of iron."}[locale]
    pinned = (await table.gm.submit(form, text=fact)).message
    assert pinned is not None
    assert content(pinned) == text("pt-BR", "why.pinned", fact=fact)
    script(shared, OTHER[locale])
    await table.gm.press(pinned, mine("again_told"))
    await table.narration(after=message["id"])
    assert any(fact in str(call.body) for call in shared.ai.requests)
    listed = (await table.gm.command("gm why", locale=locale)).message
    assert listed is not None
    assert fact in content(listed)


async def test_a_table_limits_itself_and_reads_what_it_spent(shared: Stack) -> None:
    table, _ = await _told(shared, "pt-BR")
    told_of = (await table.gm.command("gm budget", limit="2,50")).message
    assert told_of is not None
    assert "de US$ 2,50" in content(told_of)
    refused = (await table.players["Lia"].command("gm budget")).message
    assert refused is not None
    assert content(refused).startswith("⚠")


async def test_a_limit_nearly_spent_is_said_once_and_a_spent_one_once(shared: Stack) -> None:
    table, _ = await _told(shared, "pt-BR")
    # A call's row is closed a moment after its answer
    while await shared.db.fetchval("SELECT count(*) FROM ledger WHERE state = 'open'"):
        await asyncio.sleep(0.05)
    cost = await shared.db.fetchval("SELECT sum(micro_usd) FROM ledger WHERE session_id = $1", table.session)
    await _limit(table, cost + 40)
    seen = [content(await table.told("Bento", "Espero.")) for _ in range(4)]
    near, spent = text("pt-BR", "telling.near"), text("pt-BR", "telling.budget")
    assert sum(near in one for one in seen) <= 1
    assert sum(spent in one for one in seen) == 1, seen


async def _limit(table: Table, micro_usd: int) -> None:
    await table.gm.command("gm budget", limit=f"{micro_usd / 1_000_000:.4f}")


async def test_a_branch_goes_its_own_way_in_a_thread_and_the_old_table_goes_on(shared: Stack) -> None:
    table, message = await _told(shared, "pt-BR")
    done = (await table.gm.press(await _menu(table, message), mine("branch"))).message
    assert done is not None
    assert content(done).startswith("🌿"), shared.logs()
    thread = content(done).split("<#")[1].split(">")[0]
    session = await shared.db.fetchval("SELECT session_id FROM channel_session WHERE channel_id = $1", int(thread))
    assert session not in {None, table.session}
    opened = next(m for m in await table.gm.messages(thread) if content(m).startswith("🌿"))
    form = (await table.players["Bento"].press(opened, table.label("other"))).modal
    assert form is not None
    script(shared, OTHER["pt-BR"])
    acted = (await table.players["Bento"].submit(form, text="Espero.")).message
    assert acted is not None
    assert content(acted).startswith("**Bento:**")
    await table.gm.until(lambda m: OTHER["pt-BR"][:20] in content(m), 20, channel=thread)
    assert "cheiro de alcatrão" in str(shared.ai.requests[-1].body)
    assert len(await table.tellings()) == 1
    copied = await shared.db.fetch("SELECT seq, events FROM log WHERE session_id = $1 ORDER BY seq", session)
    older = await shared.db.fetch("SELECT seq, events FROM log WHERE session_id = $1 ORDER BY seq", table.session)
    shared_rows = [row for row in copied if "Branched" not in row["events"]][: len(older) - 1]
    assert [r["events"] for r in shared_rows] == [r["events"] for r in older[: len(shared_rows)]]
    secrets = await shared.db.fetch("SELECT secrets FROM sessions WHERE session_id = ANY($1)", [session, table.session])
    assert len({row["secrets"] for row in secrets}) == 2
    assert await table.act("Lia", ACT["pt-BR"])


async def test_a_cut_after_a_retry_takes_both_versions_away_for_good(shared: Stack) -> None:
    table, message = await _told(shared, "pt-BR")
    script(shared, OTHER["pt-BR"])
    await table.gm.press(await _menu(table, message), mine("again_told"))
    again = await table.narration(after=message["id"])
    await _now(table, message, text("pt-BR", "telling.retold"))
    await table.players["Lia"].press(again, table.label("x"))
    cut = text("pt-BR", "telling.cut")
    for one in (message, again):
        assert labels(await _now(table, one, cut)) == []
    kept = await shared.db.fetchval(
        "SELECT count(*) FROM tellings WHERE session_id = $1 AND draft IS NOT NULL", table.session
    )
    assert kept == 0
