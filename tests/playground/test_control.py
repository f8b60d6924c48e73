"""The control API, several bots, and the process on its own."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import pytest_asyncio

from playground.people import Person
from playground.server import Playground

from .raw import Raw

Json = dict[str, Any]


class Control:
    """Calls the control API."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self.http = http
        self.base = f"{base}/control"

    async def make(self, kind: str, **body: Any) -> Json:
        async with self.http.post(f"{self.base}/{kind}", json=body) as response:
            assert response.status == 200, await response.text()
            made: Json = await response.json()
            return made

    async def remove(self, path: str) -> int:
        async with self.http.delete(f"{self.base}/{path}") as response:
            return response.status


@pytest_asyncio.fixture
async def control(server: Playground) -> AsyncIterator[Control]:
    async with aiohttp.ClientSession() as http:
        yield Control(http, server.page_url)


async def test_a_world_is_made_and_taken_away_piece_by_piece(control: Control, raw: Raw) -> None:
    shard = await raw.ready()
    owner = await control.make("people", name="Duda", locale="pt-BR")
    guild = await control.make("guilds", name="Other", locale="pt-BR", owner=owner["id"])
    bot = raw.server.seeded.bot.user.id
    await control.make("members", guild_id=guild["id"], user_id=bot)
    arrived = await shard.until("GUILD_CREATE")
    while arrived["d"]["id"] != guild["id"]:
        arrived = await shard.until("GUILD_CREATE")
    role = await control.make("roles", guild_id=guild["id"], name="GM", permissions="8")
    rui = await control.make("people", name="Rui")
    member = await control.make("members", guild_id=guild["id"], user_id=rui["id"], roles=[role["id"]])
    assert member["roles"] == [role["id"]]
    category = await control.make("channels", guild_id=guild["id"], name="games", type=4)
    channel = await control.make("channels", guild_id=guild["id"], name="table", parent_id=category["id"], nsfw=True)
    assert (channel["parent_id"], channel["nsfw"]) == (category["id"], True)
    await control.make("overwrites", channel_id=channel["id"], target_id=guild["id"], type=0, deny="1024")
    thread = await control.make("threads", channel_id=channel["id"], name="side")
    async with await Person.connect(raw.server.page_url, "Rui", channel="table") as person:
        assert person.channel("side") == thread["id"]
        await person.say("an administrator sees all")
    assert await control.remove(f"overwrites/{channel['id']}/{guild['id']}") == 200
    for path in (f"threads/{thread['id']}", f"channels/{channel['id']}", f"roles/{guild['id']}/{role['id']}"):
        assert await control.remove(path) == 200
    assert await control.remove(f"members/{guild['id']}/{rui['id']}") == 200
    assert await control.remove(f"people/{rui['id']}") == 200
    assert await control.remove(f"guilds/{guild['id']}") == 200
    assert (await shard.until("GUILD_DELETE"))["d"]["id"] == guild["id"]
    assert await control.remove("guilds/1") == 404
    assert await control.remove("wishes/1") == 404


async def test_several_bots_are_served_at_once_and_see_only_their_own(control: Control, raw: Raw) -> None:
    guild = raw.server.seeded.guild.id
    made = await control.make("bots", name="Second", guild_ids=[guild])
    first, second = await raw.ready(), await raw.ready(token=made["token"])
    for token, app_id, name in (
        (str(raw.server.token), raw.server.seeded.bot.id, "one"),
        (made["token"], made["application_id"], "two"),
    ):
        body = [{"name": name, "description": "x"}]
        assert (await raw.call("PUT", f"/applications/{app_id}/commands", body, token=token))[0] == 200
    async with await Person.connect(raw.server.page_url, "Lia", channel="taverna") as lia:
        assert [c["name"] for c in await lia.commands()] == ["one", "two"]
        await lia.command("two", wait=False)
        assert (await second.until("INTERACTION_CREATE"))["d"]["data"]["name"] == "two"
        await lia.command("one", wait=False)
        assert (await first.until("INTERACTION_CREATE"))["d"]["data"]["name"] == "one"
    assert all(e["d"].get("data", {}).get("name") != "two" for e in first.events)
    assert await control.remove(f"bots/{made['application_id']}") == 200
    assert await second.closed() == 4004
    assert (await raw.call("GET", "/users/@me", token=made["token"]))[0] == 401


async def test_a_bot_outside_a_guild_offers_nothing_there(control: Control, raw: Raw) -> None:
    made = await control.make("bots", name="Stranger")
    path = f"/applications/{made['application_id']}/commands"
    assert (await raw.call("PUT", path, [{"name": "x", "description": "x"}], token=made["token"]))[0] == 200
    async with await Person.connect(raw.server.page_url, "Lia", channel="taverna") as lia:
        assert await lia.commands() == []
    guild = raw.server.seeded.guild.id
    assert (await raw.call("GET", f"/guilds/{guild}", token=made["token"]))[1]["code"] == 10004


async def test_a_person_brought_into_a_guild_is_shown_it(control: Control, server: Playground) -> None:
    guild = await control.make("guilds", name="Later")
    await control.make("channels", guild_id=guild["id"], name="hall")
    async with await Person.connect(server.page_url, "Lia") as lia:
        events = lia.events()
        await control.make("members", guild_id=guild["id"], user_id=lia.id)
        while (await anext(events))["t"] != "GUILD_CREATE":
            pass
        assert (await lia.say("hello", channel="hall"))["content"] == "hello"


async def test_the_application_of_the_token_is_complete(raw: Raw) -> None:
    body = (await raw.call("GET", "/oauth2/applications/@me"))[1]
    assert (body["id"], body["bot"]["id"]) == (raw.server.seeded.bot.id, raw.server.seeded.bot.user.id)
    assert body["owner"]["username"] == "ana"
    assert (len(body["verify_key"]), body["flags"]) == (64, 0)
    guilds = (await raw.call("GET", "/users/@me/guilds"))[1]
    assert [g["name"] for g in guilds] == ["YourTale"]


def start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "playground.serve", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


async def test_the_process_prints_its_addresses_and_ends_on_sigterm() -> None:
    process = start("--port", "0", "--token", "MTIzNDU2Nzg5MDEyMzQ1Njc4.abc.def", "--bots", "3")
    try:
        assert process.stdout is not None
        lines = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(4))
        assert lines["Token"] == "MTIzNDU2Nzg5MDEyMzQ1Njc4.abc.def"
        assert lines["REST"].startswith("http://127.0.0.1:")
        assert lines["REST"].endswith("/api/v10")
        assert lines["Gateway"].startswith("ws://127.0.0.1:")
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {lines['Token']}"}) as http:
            async with http.get(f"{lines['REST']}/applications/@me") as response:
                assert (await response.json())["id"] == "123456789012345678"
            async with http.get(f"{lines['Page']}/play/state") as response:
                state = await response.json()
        assert [p["global_name"] for p in state["people"]] == ["Ana", "Lia", "Caio", "Bia"]
        assert len(state["bots"]) == 3
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_an_occupied_port_is_a_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("--port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert errors.count("\n") == 1
    assert "could not open 127.0.0.1" in errors


@pytest.mark.parametrize("content", [None, "no json"])
def test_an_openapi_file_that_cannot_be_used_is_a_clear_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "openapi.json"
    if content is not None:
        path.write_text(content)
    process = start("--openapi", str(path))
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert (errors.count("\n"), str(path) in errors) == (1, True)


@pytest.mark.parametrize("path", ["/play/state?person=1", "/play/commands?person=1&channel=1", "/play/events?person=1"])
async def test_nobody_cannot_look(server: Playground, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(server.page_url + path) as response:
        assert (response.status, (await response.json())["code"]) == (404, 10013)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:5173"}, 200),
        ({"Origin": "https://example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "rebound.example.com"}, 403),
    ],
)
async def test_pages_of_other_origins_are_kept_out(server: Playground, headers: dict[str, str], status: int) -> None:
    async with aiohttp.ClientSession(headers=headers) as http, http.get(f"{server.page_url}/play/state") as response:
        assert response.status == status


async def test_things_are_made_and_removed_from_the_command_line(server: Playground) -> None:
    async def run(*arguments: str) -> tuple[int, str, str]:
        process = start(*arguments, "--at", server.page_url)
        out, errors = await asyncio.to_thread(process.communicate, timeout=20)
        return process.returncode, out, errors

    code, out, _ = await run("make", "guilds", "name=Outra", "locale=pt-BR")
    guild = orjson.loads(out)
    assert (code, guild["name"], guild["locale"]) == (0, "Outra", "pt-BR")
    code, out, _ = await run("make", "channels", f"guild_id={guild['id']}", "name=sala", "nsfw=true")
    assert (code, orjson.loads(out)["nsfw"]) == (0, True)
    assert (await run("remove", "guilds", guild["id"]))[0] == 0
    code, _, errors = await run("remove", "guilds", guild["id"])
    assert (code, orjson.loads(errors)["code"]) == (1, 10004)
