"""A real discord.py bot on the playground, driven by people."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import pytest_asyncio
import yarl

from playground.interactions import InteractionTimes
from playground.people import Person, PlayError
from playground.reading import text_of
from playground.server import Playground

from .conftest import playground
from .table_bot import PNG, TableBot


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Playground]:
    async with playground(interactions=InteractionTimes(first_answer=0.3)) as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def bot(server: Playground) -> AsyncIterator[TableBot]:
    patch = pytest.MonkeyPatch()
    patch.setattr(discord.http.Route, "BASE", server.rest_url)
    patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
    client = TableBot()
    task = asyncio.create_task(client.start(str(server.token)))
    await asyncio.wait_for(client.ready.wait(), 10)
    yield client
    await client.close()
    await task
    patch.undo()


@pytest_asyncio.fixture
async def ana(server: Playground, bot: TableBot) -> AsyncIterator[Person]:
    async with await Person.connect(server.page_url, "Ana", channel="taverna") as person:
        yield person
    assert bot.errors == []
    assert list(server.context.requests.violations) == []


@pytest_asyncio.fixture
async def lia(server: Playground, bot: TableBot) -> AsyncIterator[Person]:
    async with await Person.connect(server.page_url, "Lia", channel="taverna") as person:
        yield person
    assert bot.is_ready()


async def test_a_command_is_answered_edited_and_followed_up(ana: Person, lia: Person) -> None:
    done = await lia.command("ping", word="olá")
    assert (done.failed, done.type) == (False, 4)
    await lia.until(lambda m: m["content"] == "last")
    assert [m["content"] for m in await lia.messages(limit=3)] == ["last", "whispered", "edited olá"]
    assert [m["content"] for m in await ana.messages(limit=2)] == ["last", "edited olá"]


async def test_buttons_selects_and_forms_work(ana: Person) -> None:
    message = (await ana.command("table")).message
    assert message is not None
    assert (await ana.press(message, "Count")).type == 7
    message = await ana.until(lambda m: m["id"] == message["id"] and m["content"] == "1")
    assert (await ana.press(message, "later")).type == 6
    await ana.until(lambda m: m["id"] == message["id"] and m["content"] == "0")
    chosen = await ana.press(message, "who", [ana.id])
    assert chosen.message is not None
    assert chosen.message["content"] == "Ana"
    form = await ana.press(message, "Form")
    assert form.modal is not None
    done = await ana.submit(form.modal, name="Lia", role=["t"])
    assert done.message is not None
    assert (done.message["content"], done.message["flags"]) == ("Lia is t", 64)


async def test_a_form_refuses_what_its_fields_do_not_allow(ana: Person) -> None:
    form = (await ana.command("modal")).modal
    assert form is not None
    for values in ({"role": ["t"]}, {"name": "x" * 21, "role": ["t"]}, {"name": "x", "role": ["none"]}):
        with pytest.raises(PlayError) as refused:
            await ana.submit(form, **values)
        assert refused.value.status == 400


async def test_commands_for_managers_are_hidden_from_others(ana: Person, lia: Person) -> None:
    assert "table" in {c["name"] for c in await ana.commands()}
    assert "table" not in {c["name"] for c in await lia.commands()}
    with pytest.raises(PlayError):
        await lia.command("table")


async def test_a_board_shows_its_picture_from_the_cdn(ana: Person) -> None:
    message = (await ana.command("board")).message
    assert message is not None
    container = message["components"][0]
    media = container["components"][1]["items"][0]["media"]
    assert (text_of(message), media["width"], media["height"]) == ("# Board", 2, 3)
    assert message["flags"] & 1 << 15
    async with ana.http.get(media["url"]) as response:
        assert (response.status, await response.read()) == (200, PNG)
    async with ana.http.get(media["url"].replace("hm=", "hm=0")) as response:
        assert response.status == 404


async def test_a_deferral_keeps_its_privacy_and_choices_are_suggested(ana: Person, lia: Person) -> None:
    assert [c["value"] for c in await lia.autocomplete("think", "palavra", palavra="x")] == ["x0", "x1", "x2"]
    done = await lia.command("think", palavra="sim", tone="l")
    assert done.type == 5
    shown = await lia.until(lambda m: m["content"].startswith("sim"))
    assert (shown["content"], shown["flags"]) == ("sim l pt-BR pt-BR", 64)
    assert all(m["id"] != shown["id"] for m in await ana.messages())
    with pytest.raises(PlayError):
        await lia.command("think", palavra="sim", tone="blue")


async def test_a_thread_is_opened_written_to_and_archived(ana: Person) -> None:
    await ana.command("thread")
    message = await ana.until(lambda m: m["content"] == "first, edited" and m["pinned"])
    cave = ana.channel("cave")
    assert message["channel_id"] == cave
    (only,) = await ana.messages(cave)
    assert only["reactions"][0]["emoji"]["name"] == "🎲"


async def test_a_file_can_be_given_to_a_command(ana: Person, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    path.write_bytes(PNG)
    done = await ana.command("upload", file=path, who=ana.id)
    assert done.message is not None
    assert done.message["content"] == f"map.png {len(PNG)} 2x3 Ana"


async def test_a_menu_command_gets_the_message(ana: Person) -> None:
    said = await ana.say("who goes there")
    done = await ana.menu("Quote", said)
    assert done.message is not None
    assert done.message["content"] == "> who goes there"


async def test_a_private_answer_can_be_deleted(ana: Person) -> None:
    gone = asyncio.Event()

    async def watch() -> None:
        async for event in ana.events():
            if event["t"] == "MESSAGE_DELETE":
                gone.set()

    watching = asyncio.create_task(watch())
    await ana.command("whisper")
    await asyncio.wait_for(gone.wait(), 5)
    watching.cancel()
    assert all(m["content"] != "secret" for m in await ana.messages())


async def test_an_answer_after_the_deadline_is_an_unknown_interaction(lia: Person, bot: TableBot) -> None:
    done = await lia.command("slow")
    assert done.failed
    assert done.after_ms >= 300
    while not bot.errors:
        await asyncio.sleep(0.01)
    original = bot.errors.pop().original
    assert isinstance(original, discord.NotFound)
    assert original.code == 10062


async def test_a_cut_connection_is_resumed_and_what_came_meanwhile_is_answered(
    ana: Person, bot: TableBot, server: Playground
) -> None:
    for session in server.context.gateway.of():
        session.sink.abort()
    done = await ana.command("ping", word="again", wait=False)
    await ana.until(lambda m: m["content"] == "edited again", 10)
    assert bot.resumed.is_set()
    assert done.interaction_id
