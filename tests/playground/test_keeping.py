"""A playground with a folder finds its world again, however its process ended."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from playground import snowflake
from playground.people import Person
from playground.server import Playground
from playground.world import disk, permissions, talk
from playground.world.disk import DiskError
from playground.world.message import LOADING, Message

from .conftest import playground
from .raw import Raw
from .table_bot import PNG

WRITTEN_DOWN = 0.5
"""Seconds after which what happened has been written down."""


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[tuple[Playground, Raw, Person]]:
    async with (
        playground(data=folder, **settings) as server,
        aiohttp.ClientSession() as http,
        await Person.connect(server.page_url, "Lia", channel="taverna") as lia,
    ):
        yield server, Raw(server, http), lia


async def seen(server: Playground) -> Any:
    """Everything that Ana, who owns the guild, is shown."""
    async with await Person.connect(server.page_url, "Ana") as ana:
        places = [place for guild in ana.state["guilds"] for place in guild["channels"] + guild["threads"]]
        shown = {place["id"]: await ana.messages(place["id"]) for place in places}
        return {"state": ana.state, "shown": shown, "commands": await ana.commands(places[0]["id"])}


def without_addresses(value: Any) -> Any:
    """Signed addresses are made anew each time they are shown."""
    if isinstance(value, dict):
        return {key: without_addresses(part) for key, part in value.items() if key not in {"url", "proxy_url"}}
    return [without_addresses(part) for part in value] if isinstance(value, list) else value


async def furnish(server: Playground, raw: Raw, lia: Person) -> dict[str, str]:
    """Make one of everything that is kept; ids by name."""
    guild, channel, app = server.seeded.guild.id, str(lia.channel_id), server.seeded.bot.id

    async def control(kind: str, **body: Any) -> Any:
        async with raw.http.post(f"{server.page_url}/control/{kind}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def call(method: str, path: str, body: Any = None, **more: Any) -> Any:
        status, answer, _ = await raw.call(method, path, body, **more)
        assert status < 300, answer
        return answer

    person = await control("people", name="Téo", locale="pt-BR")
    role = await control("roles", guild_id=guild, name="Mestre", permissions=str(permissions.MANAGE_MESSAGES))
    await control("members", guild_id=guild, user_id=person["id"], roles=[role["id"]])
    cave = await control("channels", guild_id=guild, name="caverna", nsfw=True)
    denied = str(permissions.SEND_MESSAGES)
    await control("overwrites", channel_id=cave["id"], target_id=role["id"], type=0, deny=denied, allow="0")
    other = await control("bots", name="Outro", guild_ids=[guild])
    thread = await call("POST", f"/channels/{channel}/threads", {"name": "gruta", "type": 11})
    hook = await call("POST", f"/channels/{channel}/webhooks", {"name": "Arauto"})
    body = {"content": "Ouçam!", "username": "O Arauto"}
    await call("POST", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", body, token="")
    option = {"name": "palavra", "description": "x", "type": 3, "required": True}
    command = {"name": "eco", "description": "Repete", "options": [option], "name_localizations": {"en-US": "echo"}}
    await call("PUT", f"/applications/{app}/commands", [command])
    await call("PUT", f"/applications/{app}/guilds/{guild}/commands", [{"name": "Citar", "type": 3}])
    talk_with = await call("POST", "/users/@me/channels", {"recipient_id": lia.id})
    await call("POST", f"/channels/{talk_with['id']}/messages", {"content": "só para você, <@1>"})
    said = await lia.say("Olá, **taverna** 🎲")
    form = aiohttp.FormData()
    form.add_field("payload_json", orjson.dumps({"content": "O mapa"}).decode(), content_type="application/json")
    form.add_field("files[0]", PNG, filename="map.png", content_type="image/png")
    sent = await call("POST", f"/channels/{channel}/messages", form=form)
    changed = await call("POST", f"/channels/{thread['id']}/messages", {"content": "antes"})
    gone = await call("POST", f"/channels/{channel}/messages", {"content": "apagada"})
    await asyncio.sleep(WRITTEN_DOWN)
    await call("PATCH", f"/channels/{thread['id']}/messages/{changed['id']}", {"content": "depois"})
    await call("DELETE", f"/channels/{channel}/messages/{gone['id']}")
    await control("members", guild_id=guild, user_id=person["id"], roles=[role["id"]], nick="Teodoro")
    await call("PUT", f"/channels/{channel}/messages/{said['id']}/reactions/%F0%9F%8E%B2/@me")
    await call("PUT", f"/channels/{channel}/messages/pins/{sent['id']}")
    return {"token": other["token"], "map": sent["attachments"][0]["url"], "talk": talk_with["id"]}


async def test_everything_is_found_again_with_the_same_ids(tmp_path: Path) -> None:
    async with opened(tmp_path) as (server, raw, lia):
        made = await furnish(server, raw, lia)
        token, before, old_page = server.token, await seen(server), server.page_url
        status, talked, _ = await raw.call("GET", f"/channels/{made['talk']}/messages")
        assert status == 200
    async with opened(tmp_path) as (server, raw, lia):
        assert server.token == token
        assert without_addresses(await seen(server)) == without_addresses(before)
        assert (await raw.call("GET", f"/channels/{made['talk']}/messages"))[1] == talked
        assert (await raw.call("GET", "/users/@me", token=made["token"]))[1]["username"] == "Outro"
        async with raw.http.get(made["map"].replace(old_page, server.page_url)) as answer:
            assert await answer.read() == PNG
        assert int((await lia.say("depois"))["id"]) > max(map(int, server.world.channels))


async def test_a_removal_is_kept_as_well(tmp_path: Path) -> None:
    async with opened(tmp_path) as (server, raw, lia):
        await furnish(server, raw, lia)
    async with opened(tmp_path) as (server, raw, lia):
        caverna = next(c.id for c in server.seeded.guild.channels.values() if c.name == "caverna")
        for what in (f"channels/{lia.channel_id}", f"channels/{caverna}", f"bots/{server.seeded.bot.id}"):
            async with raw.http.delete(f"{server.page_url}/control/{what}") as answer:
                assert answer.status == 200
        before = await seen(server)
    async with playground(data=tmp_path) as server:
        assert await seen(server) == before
        assert [c.name for c in server.seeded.guild.channels.values()] == ["mesa-1", "mesa-2", "tavern"]
        assert [app.name for app in server.world.applications.values()] == ["Outro"]
    left = sqlite3.connect(tmp_path / "world.sqlite")
    assert left.execute("SELECT count(*) FROM file").fetchone() == (0,)
    left.close()


async def test_what_one_person_or_nobody_sees_yet_is_not_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as (server, _, lia):
        channel, bot = server.world.channel(str(lia.channel_id)), server.seeded.bot.user
        for flags in (64, LOADING, 0):
            message = Message(server.world.snowflakes.next(), channel.id, bot, "x", flags=flags, audience=lia.id)
            talk.post(server.world, channel, message)
        assert len(await lia.messages()) == 3
    async with opened(tmp_path) as (_, _, lia):
        assert [message["flags"] for message in await lia.messages()] == [0]


async def test_a_nonce_is_enforced_across_a_restart(tmp_path: Path) -> None:
    body = {"content": "uma vez", "nonce": "n-1", "enforce_nonce": True}
    ids = []
    for _ in range(2):
        async with opened(tmp_path) as (_, raw, lia):
            ids.append((await raw.call("POST", f"/channels/{lia.channel_id}/messages", body))[1]["id"])
            assert len(await lia.messages()) == 1
    assert ids[0] == ids[1]


async def test_ids_go_on_growing_under_a_clock_that_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (_, _, lia):
        first = await lia.say("antes")
    day_ago = time.time() - 86_400
    monkeypatch.setattr(snowflake.time, "time", lambda: day_ago)
    async with opened(tmp_path) as (_, _, lia):
        assert int((await lia.say("depois"))["id"]) > int(first["id"])
        assert [message["content"] for message in await lia.messages()] == ["depois", "antes"]


async def test_only_the_newest_messages_of_a_channel_are_kept(tmp_path: Path) -> None:
    async with opened(tmp_path, keep_messages=50) as (server, _, lia):
        channel = server.world.channel(str(lia.channel_id))
        for number in range(1100):
            message = Message(server.world.snowflakes.next(), channel.id, server.seeded.bot.user, str(number))
            talk.post(server.world, channel, message)
    async with opened(tmp_path, keep_messages=50) as (server, _, lia):
        assert len(server.world.store(str(lia.channel_id))) == 50
        assert [m["content"] for m in await lia.messages()] == [str(number) for number in range(1099, 1049, -1)]


async def test_two_folders_know_nothing_of_each_other(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as (one, _, lia), opened(tmp_path / "b") as (two, _, other):
        await lia.say("em a")
        await other.say("em b")
        assert one.token != two.token
    for name in ("a", "b"):
        async with opened(tmp_path / name) as (_, _, lia):
            assert [message["content"] for message in await lia.messages()] == [f"em {name}"]


async def test_the_folder_is_private_and_belongs_to_one_playground(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "LOCK_SECONDS", 0.1)
    folder = tmp_path / "play"
    async with opened(folder) as (_, _, lia):
        await lia.say("olá")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
        assert modes.pop("play") == 0o700
        assert set(modes.values()) == {0o600}
        with pytest.raises(DiskError) as refused:
            await playground(data=folder).start()
        assert refused.value.code == "in_use"


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _other(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def _strange(path: Path) -> None:
    _change(path, "UPDATE thing SET body = '{\"id\": 7}' WHERE kind = 'user'")


def _homeless(path: Path) -> None:
    _change(path, "DELETE FROM thing WHERE kind = 'guild'")


def _newer(path: Path) -> None:
    _change(path, f"PRAGMA user_version = {disk.FORMAT + 1}")


def _change(path: Path, statement: str) -> None:
    file = sqlite3.connect(path, isolation_level=None)
    file.execute(statement)
    file.close()


@pytest.mark.parametrize(
    ("harm", "code"),
    [(_torn, "damaged"), (_other, "damaged"), (_strange, "damaged"), (_homeless, "damaged"), (_newer, "newer")],
)
async def test_an_unreadable_file_is_put_aside_whole(tmp_path: Path, harm: Any, code: str) -> None:
    async with opened(tmp_path) as (server, _, lia):
        assert server.aside is None
        await lia.say("perdida?")
    harm(tmp_path / "world.sqlite")
    spoiled = (tmp_path / "world.sqlite").read_bytes()
    async with opened(tmp_path) as (server, _, lia):
        assert server.aside is not None
        assert server.aside.code == code
        assert server.aside.path.read_bytes() == spoiled
        assert await lia.messages() == []
        await lia.say("de novo")
    async with opened(tmp_path) as (server, _, lia):
        assert server.aside is None
        assert [message["content"] for message in await lia.messages()] == ["de novo"]


async def test_a_full_disk_is_said_once_and_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with opened(tmp_path) as (server, raw, lia):
        keeper = server.context.keeper
        assert keeper is not None
        database = keeper._disk._db
        await asyncio.sleep(WRITTEN_DOWN)
        database.execute(f"PRAGMA max_page_count = {database.execute('PRAGMA page_count').fetchone()[0]}")
        for number in range(40):
            await lia.say(f"{number} " + "x" * 1900)
        await asyncio.sleep(2 * WRITTEN_DOWN)
        async with raw.http.get(f"{server.page_url}/readyz") as answer:
            assert (answer.status, (await answer.json())["checks"]["disk"]) == (503, False)
        assert capsys.readouterr().err.count("goes on trying") == 1
        database.execute("PRAGMA max_page_count = 1000000")
        status = 0
        async with asyncio.timeout(20):
            while status != 200:
                await asyncio.sleep(0.1)
                async with raw.http.get(f"{server.page_url}/readyz") as answer:
                    status = answer.status
    async with opened(tmp_path) as (_, _, lia):
        assert len(await lia.messages()) == 40


class Alone:
    """`yourtale playground --data`, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "playground.serve", "--data", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(4)]
        self.told = dict(line.strip().split(": ", 1) for line in lines if line)

    def end(self, number: signal.Signals) -> str:
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)[1]


async def test_kill_9_costs_at_most_the_last_second(tmp_path: Path) -> None:
    first = Alone(tmp_path)
    async with await Person.connect(first.told["Page"], "Lia", channel="taverna") as lia:
        said = [await lia.say(f"linha {number}") for number in range(30)]
        state = lia.state
        await asyncio.sleep(WRITTEN_DOWN)
        first.end(signal.SIGKILL)
    second = Alone(tmp_path)
    try:
        assert second.told["Token"] == first.told["Token"]
        async with await Person.connect(second.told["Page"], "Lia", channel="taverna") as lia:
            assert [message["id"] for message in reversed(await lia.messages())] == [m["id"] for m in said]
            assert [guild["id"] for guild in lia.state["guilds"]] == [guild["id"] for guild in state["guilds"]]
    finally:
        assert second.end(signal.SIGTERM) == ""


async def test_killed_at_any_moment_it_finds_a_whole_world(tmp_path: Path) -> None:
    told: list[str] = []
    for pause in (0.0, 0.2, 0.45, 0.55):
        alone = Alone(tmp_path)
        async with await Person.connect(alone.told["Page"], "Lia", channel="taverna") as lia:
            kept = [message["content"] for message in reversed(await lia.messages())]
            assert kept == told[: len(kept)]
            told = kept
            for number in range(20):
                told.append(f"{pause} {number}")
                await lia.say(told[-1])
            await asyncio.sleep(pause)
            assert alone.end(signal.SIGKILL) == ""


def test_a_folder_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    told = Alone(blocked / "below").end(signal.SIGTERM)
    assert told.count("\n") == 1
    assert "--data" in told
    assert os.fsdecode(blocked) in told


def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    _other(tmp_path / "world.sqlite")
    alone = Alone(tmp_path)
    assert alone.told["Token"]
    told = alone.end(signal.SIGTERM)
    assert told.count("\n") == 1
    assert "damaged" in told
    assert str(next(tmp_path.glob("world-*.sqlite"))) in told
