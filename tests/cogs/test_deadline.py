"""Nobody waits in silence: the first answer comes in time, whatever is slow, lost or said twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from bot.logs import reference_of

from .conftest import Come, House
from .speech import PT, labels, private

DEFERRED_MESSAGE, DEFERRED_UPDATE, MESSAGE = 5, 6, 4


@asynccontextmanager
async def slow_database(house: House, table: str) -> AsyncIterator[None]:
    """A table that answers only when the block ends."""
    async with house.database.writer.acquire() as link, link.transaction():
        await link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@pytest_asyncio.fixture
async def hasty(house: House) -> AsyncIterator[House]:
    """A bot that says sooner that it is at it, so that the tests need not wait."""
    usual, house.bot.desk._defer_after = house.bot.desk._defer_after, 0.15
    yield house
    house.bot.desk._defer_after = usual
    await house.http.delete(f"{house.playground.page_url}/control/faults")


async def test_a_slow_command_is_deferred_and_then_answered_in_its_place(come: Come, hasty: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm")
    await lia.command("join", character="thief:Lia")
    async with slow_database(hasty, "sessions"):
        done = await lia.command("act", text="Corro.")
    assert done.type == DEFERRED_MESSAGE
    acted = await lia.until(lambda m: m["content"].startswith("**Lia:** Corro."))
    assert not private(acted)
    assert labels(acted) == [PT.tell, PT.cancel]


async def test_a_refusal_after_a_public_wait_is_still_for_one_person_alone(come: Come, hasty: House) -> None:
    lia, caio = await come("Lia"), await come("Caio")
    async with slow_database(hasty, "sessions"):
        done = await lia.command("act", text="Corro.")
    assert done.type == DEFERRED_MESSAGE
    refused = await lia.until(lambda m: m["content"].startswith("⚠ Não há mesa aberta aqui."))
    assert private(refused)
    assert await caio.messages() == []


async def test_a_slow_button_is_acknowledged_and_its_message_changed_when_it_is_done(come: Come, hasty: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm")
    await lia.command("join", character="thief:Lia")
    acted = await lia.command("act", text="Corro.")
    async with slow_database(hasty, "sessions"):
        done = await lia.press(acted.message, PT.cancel)
    assert done.type == DEFERRED_UPDATE
    await lia.until(lambda m: m["id"] == acted.message["id"] and m["content"].startswith("↩ Lia"))


async def test_a_callback_that_fails_at_first_is_sent_again_in_time(come: Come, hasty: House) -> None:
    lia = await come("Lia")
    await hasty.control("faults", match={"path_regex": "/callback"}, kind="status", status=502, times=2)
    done = await lia.command("roll", dice="1d6", label="outra vez")
    assert (done.failed, done.type) == (False, MESSAGE)


async def test_a_lost_answer_is_not_said_twice_and_what_follows_it_is_said(come: Come, hasty: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await hasty.control("faults", match={"path_regex": "/callback"}, kind="lost_answer", times=1)
    done = await lia.command("join", character="thief:Lia")
    assert done.type == MESSAGE
    await hasty.bot.desk.idle()
    said = [message["content"].partition(".")[0] for message in await lia.messages()]
    assert said[:2] == ["Lia, dedos leves", "🙋 Lia entrou na mesa"]
    assert len(said) == 3


async def test_an_interaction_that_comes_twice_happens_once(come: Come, hasty: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await hasty.control("gateway", action="duplicate_interactions", enabled=True)
    try:
        await ana.command("session start", title="Estrada", lead="gm")
        await lia.command("join", character="thief:Lia")
        await lia.until(lambda m: m["content"].startswith("Lia, "))
        await lia.command("act", text="Corro.")
        await asyncio.sleep(0)
        await hasty.bot.desk.idle()
    finally:
        await hasty.control("gateway", action="duplicate_interactions", enabled=False)
    loaded = await hasty.engine.look(int(lia.channel_id or 0))
    assert loaded.state.seq == 3
    said = [message["content"].partition("\n")[0] for message in await lia.messages()]
    assert len(said) == len(set(said)) == 4


async def test_our_own_fault_is_told_with_the_reference_that_the_log_has(
    come: Come, hasty: House, caplog: pytest.LogCaptureFixture
) -> None:
    lia = await come("Lia")
    async with hasty.database.writer.acquire() as link:
        await link.execute("ALTER TABLE person_rolls RENAME TO elsewhere")
        try:
            done = await lia.command("roll", dice="1d6")
        finally:
            await link.execute("ALTER TABLE elsewhere RENAME TO person_rolls")
    first, second = done.message["content"].splitlines()
    assert first == "⚠ Erro nosso. Espere um instante e tente de novo."
    assert second == f"-# ref {reference_of(done.interaction_id)}"
    assert private(done.message)
    assert "interaction failed: command roll" in caplog.text


async def test_what_was_stored_before_our_fault_need_not_be_repeated(come: Come, hasty: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm")
    await lia.command("join", character="thief:Lia")
    await hasty.control("faults", match={"path_regex": "/callback"}, kind="status", status=400, times=1)
    done = await lia.command("act", text="Corro.")
    assert done.message["content"].startswith("⚠ Erro nosso. Sua ação está salva; não precisa repetir.")
    assert private(done.message)
    loaded = await hasty.engine.look(int(lia.channel_id or 0))
    assert loaded.state.pending == (3,)
