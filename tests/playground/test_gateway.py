"""The gateway, frame by frame."""

import asyncio
import re
from typing import Any

import aiohttp
import pytest

from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground
from playground.world import permissions
from playground.world.model import Overwrite

from .raw import Raw


@pytest.mark.parametrize("query", ["v=10&encoding=json", "v=10&compress=zlib-stream", "v=10&compress=zstd-stream"])
async def test_ready_lists_guilds_as_unavailable_and_then_brings_them(raw: Raw, query: str) -> None:
    shard = await raw.shard(query)
    await shard.identify(str(raw.server.token))
    ready = (await shard.until("READY"))["d"]
    guild = (await shard.until("GUILD_CREATE"))["d"]
    assert ready["guilds"] == [{"id": guild["id"], "unavailable": True}]
    assert ready["shard"] == [0, 1]
    assert {c["name"] for c in guild["channels"]} == {"taverna", "mesa-1", "mesa-2", "tavern"}
    assert [m["user"]["id"] for m in guild["members"]] == [ready["user"]["id"]]


async def test_a_heartbeat_is_acknowledged_after_twenty_milliseconds(raw: Raw) -> None:
    shard = await raw.shard()
    loop = asyncio.get_running_loop()
    sent = loop.time()
    await shard.send(1, None)
    assert (await shard.receive())["op"] == 11
    assert loop.time() - sent >= 0.019


@pytest.mark.parametrize(
    ("token", "extra", "code"),
    [
        ("wrong", {}, 4004),
        (None, {"shard": [1, 1]}, 4010),
        (None, {"shard": [0]}, 4010),
        (None, {"intents": 1 << 40}, 4013),
        (None, {"intents": 1 | 1 << 15}, 4014),
    ],
)
async def test_a_bad_identify_is_closed_with_its_code(raw: Raw, token: str | None, extra: dict, code: int) -> None:
    shard = await raw.shard()
    await shard.identify(token or str(raw.server.token), **extra)
    assert await shard.closed() == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 99, "d": {}}', 4003),
        ("no json", 4002),
        ('["op"]', 4002),
        ('{"op": 1, "d": "' + "x" * 4100 + '"}', 4002),
    ],
)
async def test_a_frame_that_makes_no_sense_is_closed_with_its_code(raw: Raw, frame: str, code: int) -> None:
    shard = await raw.shard()
    await shard.ws.send_str(frame)
    assert await shard.closed() == code


async def test_an_unknown_opcode_and_a_second_identify_are_refused(raw: Raw) -> None:
    shard = await raw.ready()
    await shard.send(99, {})
    assert await shard.closed() == 4001
    shard = await raw.ready()
    await shard.identify(str(raw.server.token))
    assert await shard.closed() == 4005


@pytest.mark.parametrize(("op", "data"), [(31, {"guild_ids": [[]]}), (31, {"guild_ids": [{}]}), (6, [])])
async def test_data_of_the_wrong_kind_is_closed_with_4002_or_4005(raw: Raw, op: int, data: Any) -> None:
    shard = await raw.ready()
    await shard.send(op, data)
    assert await shard.closed() == (4005 if op == 6 else 4002)
    assert (await raw.ready()).session_id


async def test_an_unknown_version_is_refused(raw: Raw) -> None:
    ws = await raw.http.ws_connect(raw.server.gateway_url + "?v=6")
    await ws.receive()
    assert ws.close_code == 4012


async def test_the_121st_payload_of_a_minute_is_too_many(raw: Raw) -> None:
    shard = await raw.ready()
    for _ in range(120):
        await shard.send(3, {"since": None, "activities": [], "status": "online", "afk": False})
    assert await shard.closed() == 4008


async def test_a_silent_client_is_cut_off_and_may_resume() -> None:
    settings = GatewaySettings(heartbeat_interval=0.1, identify_interval=0.0)
    async with Playground(gateway=settings) as server, aiohttp.ClientSession() as http:
        raw = Raw(server, http)
        old = await raw.ready()
        assert await old.closed() == 4000
        new = await raw.shard()
        await new.resume(str(server.token), old)
        await new.until("RESUMED")


async def test_what_was_missed_is_replayed_once_and_in_order(raw: Raw, lia: Person) -> None:
    old = await raw.ready(intents=1 | 1 << 9)
    await old.until("GUILD_CREATE")
    await lia.say("heard")
    assert (await old.until("MESSAGE_CREATE"))["d"]["content"] == ""
    raw.server.context.gateway.of()[0].sink.abort()
    for number in range(20):
        await lia.say(f"missed {number} <@{raw.server.seeded.bot.user.id}>")
    new = await raw.shard()
    await new.resume(str(raw.server.token), old)
    await new.until("RESUMED")
    await lia.say("later")
    await new.until("MESSAGE_CREATE")
    heard = [e["d"]["content"] for e in new.events if e["t"] == "MESSAGE_CREATE"]
    assert [re.sub(r" <.*", "", text) for text in heard] == [f"missed {n}" for n in range(20)] + [""]
    assert [e["s"] for e in new.events] == list(range(old.seq + 1, old.seq + 23))


async def test_a_session_closed_with_1000_cannot_be_resumed(raw: Raw) -> None:
    old = await raw.ready()
    await old.ws.close(code=1000)
    new = await raw.shard()
    await new.resume(str(raw.server.token), old)
    assert (await new.op(9))["d"] is False


async def test_a_resume_with_a_sequence_from_the_future_is_refused(raw: Raw) -> None:
    old = await raw.ready()
    await old.ws.close(code=4000)
    old.seq = 10_000
    new = await raw.shard()
    await new.resume(str(raw.server.token), old)
    assert await new.closed() == 4007


async def test_a_second_identify_of_a_bucket_within_its_time_gets_invalid_session() -> None:
    async with Playground(max_concurrency=2) as server, aiohttp.ClientSession() as http:
        raw = Raw(server, http)
        first, second, third = [await raw.shard() for _ in range(3)]
        await first.identify(str(server.token), shard=[0, 4])
        await second.identify(str(server.token), shard=[1, 4])
        await first.until("READY")
        await second.until("READY")
        await third.identify(str(server.token), shard=[2, 4])
        assert (await third.op(9))["d"] is False
        status, body, _ = await raw.call("GET", "/gateway/bot")
        assert status == 200
        assert body["session_start_limit"]["remaining"] == 998
        assert body["session_start_limit"]["max_concurrency"] == 2


async def test_the_last_identify_of_the_day_costs_the_token() -> None:
    settings = GatewaySettings(identify_interval=0.0, identifies_a_day=2)
    async with Playground(gateway=settings) as server, aiohttp.ClientSession() as http:
        raw = Raw(server, http)
        first = await raw.ready()
        await raw.ready()
        third = await raw.shard()
        await third.identify(str(server.token))
        assert await third.closed() == 4004
        assert await first.closed() == 4004
        assert (await raw.call("GET", "/users/@me"))[0] == 401


async def test_each_event_reaches_only_the_shard_of_its_guild(raw: Raw, lia: Person) -> None:
    guild = int(raw.server.seeded.guild.id)
    shards = [await raw.ready(intents=1 | 1 << 9, shard=[n, 2]) for n in range(2)]
    owner = (guild >> 22) % 2
    assert (await shards[owner].until("GUILD_CREATE"))["d"]["id"] == str(guild)
    await lia.say("for one shard")
    await shards[owner].until("MESSAGE_CREATE")
    await shards[1 - owner].send(1, None)
    assert (await shards[1 - owner].receive())["op"] == 11


async def test_events_need_their_intent_and_the_right_to_see_the_channel(raw: Raw, lia: Person, taverna: str) -> None:
    without = await raw.ready(intents=1)
    within = await raw.ready(intents=1 | 1 << 9)
    for shard in (without, within):
        await shard.until("GUILD_CREATE")
    channel, bot = raw.server.world.channels[taverna], raw.server.seeded.bot.user.id
    channel.overwrites[bot] = Overwrite(bot, 1, deny=permissions.VIEW_CHANNEL)
    await lia.say("hidden")
    del channel.overwrites[bot]
    await lia.say(f"seen <@{bot}>")
    assert f"seen <@{bot}>" == (await within.until("MESSAGE_CREATE"))["d"]["content"]
    await without.send(1, None)
    assert (await without.receive())["op"] == 11


async def test_members_are_sent_in_a_chunk_and_all_of_them_only_every_thirty_seconds(raw: Raw) -> None:
    shard = await raw.ready()
    guild = raw.server.seeded.guild.id
    await shard.send(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "n1"})
    chunk = (await shard.until("GUILD_MEMBERS_CHUNK"))["d"]
    assert (len(chunk["members"]), chunk["nonce"]) == (5, "n1")
    await shard.send(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "n2"})
    limited = (await shard.until("RATE_LIMITED"))["d"]
    assert limited["meta"] == {"guild_id": guild, "nonce": "n2"}
    await shard.send(8, {"guild_id": guild, "user_ids": ["1"]})
    assert (await shard.until("GUILD_MEMBERS_CHUNK"))["d"]["not_found"] == ["1"]


async def test_more_guilds_than_a_shard_may_hold_need_sharding() -> None:
    settings = GatewaySettings(identify_interval=0.0, guilds_a_shard=0)
    async with Playground(gateway=settings) as server, aiohttp.ClientSession() as http:
        shard = await Raw(server, http).shard()
        await shard.identify(str(server.token))
        assert await shard.closed() == 4011


@pytest.mark.parametrize(("code", "resumed"), [(4000, True), (4009, False)])
async def test_any_close_code_can_be_ordered(raw: Raw, code: int, resumed: bool) -> None:
    old = await raw.ready()
    order = {"action": "close", "code": code}
    await (await raw.http.post(f"{raw.server.page_url}/control/gateway", json=order)).read()
    assert await old.closed() == code
    new = await raw.shard()
    await new.resume(str(raw.server.token), old)
    assert ((await new.op(0 if resumed else 9))["t"] is not None) is resumed


async def test_acks_can_be_withheld(raw: Raw) -> None:
    shard = await raw.ready()
    order = {"action": "mute_acks", "seconds": 0.2}
    await (await raw.http.post(f"{raw.server.page_url}/control/gateway", json=order)).read()
    loop = asyncio.get_running_loop()
    started = loop.time()
    while loop.time() - started < 0.25:
        await shard.send(1, None)
        await asyncio.sleep(0.05)
    assert (await shard.op(11))["op"] == 11
    assert loop.time() - started >= 0.2


async def test_disturbances_can_be_ordered(raw: Raw) -> None:
    async def order(action: str) -> None:
        async with raw.http.post(f"{raw.server.page_url}/control/gateway", json={"action": action}) as response:
            assert (await response.json())["connections"] >= 1

    shard = await raw.ready()
    await order("reconnect")
    assert (await shard.op(7))["d"] is None
    await order("invalid_session")
    assert (await shard.op(9))["d"] is False
    await shard.identify(str(raw.server.token))
    await shard.until("READY")
    await order("cut")
    frame = await asyncio.wait_for(shard.ws.receive(), 5)
    while frame.type not in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}:
        frame = await asyncio.wait_for(shard.ws.receive(), 5)
    new = await raw.shard()
    await new.resume(str(raw.server.token), shard)
    await new.until("RESUMED")
