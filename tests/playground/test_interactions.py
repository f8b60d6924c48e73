"""Deadlines and rules of interactions over bare REST."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from playground.interactions import InteractionTimes
from playground.people import Done, Person, PlayError
from playground.server import Playground

from .conftest import playground
from .raw import Raw, Shard

Json = dict[str, Any]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with playground(interactions=InteractionTimes(first_answer=0.4, token_lifetime=1.0)) as made:
        yield made


@dataclass
class Table:
    """A connected shard and the calls that answer its interactions."""

    raw: Raw
    shard: Shard
    app_id: str

    async def next(self) -> Json:
        event = await self.shard.until("INTERACTION_CREATE")
        data: Json = event["d"]
        return data

    async def answer(self, made: Json, kind: int, data: Json | None = None, query: str = "") -> tuple[int, Any, Any]:
        path = f"/interactions/{made['id']}/{made['token']}/callback{query}"
        return await self.raw.call("POST", path, {"type": kind, "data": data}, token="")

    async def follow_up(self, made: Json, body: Json) -> tuple[int, Any, Any]:
        return await self.raw.call("POST", f"/webhooks/{self.app_id}/{made['token']}", body, token="")

    async def edit(self, made: Json, body: Json, which: str = "@original") -> tuple[int, Any, Any]:
        path = f"/webhooks/{self.app_id}/{made['token']}/messages/{which}"
        return await self.raw.call("PATCH", path, body, token="")


@pytest_asyncio.fixture
async def table(raw: Raw) -> Table:
    app_id = raw.server.seeded.bot.id
    nested = {"type": 1, "name": "start", "description": "Open", "options": [OPTION]}
    session = {"name": "session", "description": "A table", "options": [nested]}
    commands = [{"name": "act", "description": "Act"}, session]
    assert (await raw.call("PUT", f"/applications/{app_id}/commands", commands))[0] == 200
    return Table(raw, await raw.ready(), app_id)


OPTION = {"type": 3, "name": "title", "description": "Title", "required": True, "max_length": 10}


async def begin(
    table: Table, person: Person, name: str = "act", /, **options: Any
) -> tuple[Json, "asyncio.Task[Done]"]:
    doing = asyncio.create_task(person.command(name, **options))
    return await table.next(), doing


async def test_an_interaction_says_all_that_discord_says(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia, "session start", title="Brasas")
    assert made["data"]["options"][0] == {
        "type": 1,
        "name": "start",
        "options": [{"name": "title", "type": 3, "value": "Brasas"}],
    }
    assert (made["locale"], made["guild_locale"], made["context"], made["version"]) == ("pt-BR", "pt-BR", 0, 1)
    assert made["member"]["user"]["id"] == lia.id
    assert int(made["app_permissions"]) & 1 << 11
    assert made["authorizing_integration_owners"] == {"0": made["guild_id"]}
    assert made["attachment_size_limit"] == 10 * 1024 * 1024
    await table.answer(made, 4, {"content": "ok"})
    await doing


@pytest.mark.parametrize("options", [{}, {"title": "x" * 11}, {"title": "ok", "unknown": "1"}])
async def test_a_person_cannot_send_what_the_command_does_not_take(table: Table, lia: Person, options: Json) -> None:
    with pytest.raises(PlayError):
        await lia.command("session start", **options)
    with pytest.raises(PlayError):
        await lia.command("session")
    assert table.app_id


async def test_options_named_like_a_parameter_can_be_given(table: Table, lia: Person) -> None:
    options = [{"type": 3, "name": name, "description": "x"} for name in ("name", "channel", "o-que")]
    path = f"/applications/{table.app_id}/commands"
    await table.raw.call("POST", path, {"name": "prep", "description": "x", "options": options})
    made, doing = await begin(table, lia, "prep", options={"channel": "1", "o-que": "2"}, name="3")
    assert {o["name"]: o["value"] for o in made["data"]["options"]} == {"name": "3", "channel": "1", "o-que": "2"}
    await table.answer(made, 4, {"content": "ok"})
    await doing


async def test_no_answer_in_time_fails_and_kills_the_token(table: Table, lia: Person) -> None:
    failed = lia.events()
    first_event = asyncio.create_task(anext(failed))
    made, doing = await begin(table, lia)
    done = await doing
    assert done.failed
    assert (await table.answer(made, 4, {"content": "late"}))[1] == {"message": "Unknown interaction", "code": 10062}
    assert (await table.follow_up(made, {"content": "late"}))[1]["code"] == 10015
    event = await asyncio.wait_for(first_event, 5)
    assert (event["t"], event["d"]["interaction_id"]) == ("INTERACTION_FAILED", made["id"])


async def test_a_second_answer_is_refused_and_a_wrong_token_is_unknown(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    assert (await table.answer(made | {"token": "x"}, 4, {"content": "a"}))[1]["code"] == 10062
    assert (await table.follow_up(made, {"content": "too early"}))[1]["code"] == 10015
    assert (await table.answer(made, 4, {"content": "a"}))[0] == 204
    assert (await table.answer(made, 4, {"content": "b"}))[1]["code"] == 40060
    assert (await doing).message is not None


async def test_the_answer_is_returned_on_request(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    status, body, _ = await table.answer(made, 4, {"content": "a"}, "?with_response=true")
    assert status == 200
    assert body["interaction"]["response_message_id"] == body["resource"]["message"]["id"]
    await doing


async def test_a_token_lives_no_longer_than_its_time(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    await table.answer(made, 4, {"content": "a"})
    await doing
    await asyncio.sleep(1.0)
    assert (await table.edit(made, {"content": "b"}))[1] == {"message": "Invalid Webhook Token", "code": 50027}


@pytest.mark.parametrize(
    ("kind", "data", "place"),
    [
        (1, {}, "type"),
        (6, {}, "type"),
        (7, {"content": "x"}, "type"),
        (8, {"choices": []}, "type"),
        (99, {}, "type"),
        (4, {"content": "x" * 2001}, "data"),
        (5, {"flags": 1 << 15}, "data"),
        (9, {"custom_id": "m", "title": "x" * 46, "components": []}, "data"),
        (9, {"custom_id": "m", "title": "x", "components": [{"type": 10, "content": "x"}] * 6}, "data"),
    ],
)
async def test_an_answer_of_the_wrong_kind_or_form_is_refused(
    table: Table, lia: Person, kind: int, data: Json, place: str
) -> None:
    made, doing = await begin(table, lia)
    status, body, _ = await table.answer(made, kind, data)
    assert (status, body["code"], list(body["errors"])) == (400, 50035, [place])
    assert (await table.answer(made, 4, {"content": "now well"}))[0] == 204
    await doing


async def test_the_first_follow_up_of_a_deferral_fills_it_and_keeps_its_privacy(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    await table.answer(made, 5, {"flags": 64})
    waiting = (await doing).message
    assert waiting is not None
    assert waiting["flags"] == 64 | 128
    filled = (await table.follow_up(made, {"content": "here"}))[1]
    assert (filled["id"], filled["flags"], filled["edited_timestamp"]) == (waiting["id"], 64, None)
    public = (await table.follow_up(made, {"content": "for all"}))[1]
    assert (public["flags"], public["message_reference"]["message_id"]) == (0, waiting["id"])
    async with await Person.connect(table.raw.server.page_url, "Caio", channel="taverna") as caio:
        assert [m["content"] for m in await caio.messages()] == ["for all"]
    path = f"/channels/{filled['channel_id']}/messages/{filled['id']}"
    assert (await table.raw.call("DELETE", path))[1]["code"] == 10008


async def test_no_gateway_session_hears_a_private_answer(table: Table, lia: Person) -> None:
    listener = await table.raw.ready(intents=1 | 1 << 9)
    for flags in (64, 0):
        made, doing = await begin(table, lia)
        await table.answer(made, 4, {"content": f"flags {flags}", "flags": flags})
        await doing
    assert (await listener.until("MESSAGE_CREATE"))["d"]["content"] == "flags 0"


async def test_a_modal_cannot_open_a_modal_and_belongs_to_its_person(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    field = {"type": 4, "custom_id": "name", "style": 1, "label": "Name"}
    form = {"custom_id": "m", "title": "Who?", "components": [{"type": 1, "components": [field]}]}
    await table.answer(made, 9, form)
    modal = (await doing).modal
    assert modal is not None
    async with await Person.connect(table.raw.server.page_url, "Caio", channel="taverna") as caio:
        with pytest.raises(PlayError):
            await caio.submit(modal, name="Caio")
    submitting = asyncio.create_task(lia.submit(modal, name="Lia"))
    sent = await table.next()
    assert sent["type"] == 5
    assert sent["data"]["components"][0]["components"][0]["value"] == "Lia"
    assert (await table.answer(sent, 9, form))[1]["code"] == 50035
    assert (await table.answer(sent, 4, {"content": "hi"}))[0] == 204
    await submitting


async def test_a_component_that_is_not_there_or_disabled_cannot_be_used(table: Table, lia: Person) -> None:
    made, doing = await begin(table, lia)
    buttons = [{"type": 2, "style": 1, "label": "a", "custom_id": "a", "disabled": True}]
    await table.answer(made, 4, {"content": "x", "components": [{"type": 1, "components": buttons}]})
    message = (await doing).message
    assert message is not None
    with pytest.raises(PlayError):
        await lia.press(message, "a")
    with pytest.raises(KeyError):
        await lia.press(message, "b")


async def test_an_interaction_can_be_delivered_twice_on_order(table: Table, lia: Person) -> None:
    order = {"action": "duplicate_interactions"}
    async with aiohttp.ClientSession() as http:
        await http.post(f"{table.raw.server.page_url}/control/gateway", json=order)
    made, doing = await begin(table, lia)
    assert (await table.next())["id"] == made["id"]
    await table.answer(made, 4, {"content": "once"})
    await doing
