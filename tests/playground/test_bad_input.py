"""Whatever comes from outside, the answer is one of Discord's and never a crash."""

import random
import string
from typing import Any

import aiohttp
import pytest

from playground.rest.tables import TABLE

from .raw import Raw

WORDS = """
content embeds components flags nonce attachments allowed_mentions message_reference type data name description
options choices name_localizations permissions allow deny messages roles nick archived applied_tags message
available_tags permission_overwrites title custom_id id person channel_id message_id values modal_id user_id
focused application_id guild_id target_id match kind action shard seconds times locale bots username poll
position parent_id color sticker_ids tts value label style url items media accessory recipient_id
"""
KEYS = WORDS.split()
ODD = (None, True, -1, 2**63, 1.5, "", "x", "1", "9" * 30, "\x00\ud7ff💥", [], {}, [[]], [None], {"a": {}})


def value(source: random.Random, depth: int) -> Any:
    if depth == 0 or source.random() < 0.35:
        return source.choice(
            [*ODD, source.randint(0, 30), source.choice(string.ascii_letters) * source.randint(0, 3000)]
        )
    if source.random() < 0.4:
        return [value(source, depth - 1) for _ in range(source.randint(0, 4))]
    return {source.choice(KEYS): value(source, depth - 1) for _ in range(source.randint(1, 8))}


@pytest.mark.parametrize("seed", range(4))
async def test_no_rest_route_crashes(raw: Raw, taverna: str, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    raw.server.context.limiter.enabled = False
    source = random.Random(seed)
    guild, bot = raw.server.seeded.guild.id, raw.server.seeded.bot.id
    message = (await raw.call("POST", f"/channels/{taverna}/messages", {"content": "x"}))[1]
    known = {"channel": taverna, "guild": guild, "application": bot, "message": message["id"], "user": bot}
    kept = [r for r in TABLE.routes if r.method != "DELETE" or "message" in r.template]
    for route in kept:
        for _ in range(6):
            path = "/".join(
                known.get(step[1:-1], "1") if step.startswith("{") else step for step in route.template.split("/")
            )
            body = value(source, 4) if route.method != "GET" else None
            status, answer, _ = await raw.call(route.method, path, body)
            assert status < 500, (route.method, path, body)
            assert status < 400 or "code" in answer
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR"] == []


@pytest.mark.parametrize("seed", range(4))
async def test_neither_people_nor_control_can_crash_the_server(raw: Raw, taverna: str, seed: int) -> None:
    source = random.Random(seed)
    person = next(u.id for u in raw.server.world.users.values() if u.username == "lia")
    paths = [f"/play/{name}" for name in ("command", "component", "modal", "menu", "autocomplete", "message")]
    kinds = ["channels", "threads", "people", "members", "roles", "overwrites", "bots", "faults", "settings"]
    for path in [*paths, *(f"/control/{kind}" for kind in kinds)] * 8:
        body = value(source, 3)
        if isinstance(body, dict):
            body = {"person": person, "channel_id": taverna, "guild_id": raw.server.seeded.guild.id} | body
        async with raw.http.post(raw.server.page_url + path, json=body) as response:
            assert response.status < 500, (path, body, await response.text())
    for query in ("limit=x", "limit=-1", "before=x", "person=", "limit=99999999999999999999", "after=" + "9" * 30):
        async with raw.http.get(f"{raw.server.page_url}/play/channels/{taverna}/messages?person={person}&{query}") as r:
            assert r.status < 500
    async with aiohttp.ClientSession() as http:
        await http.delete(f"{raw.server.page_url}/control/faults")
        async with http.get(f"{raw.server.page_url}/play/state?person={person}") as r:
            assert r.status == 200
