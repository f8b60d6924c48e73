"""Rate limits and faults to order."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from playground.limits import Limiter
from playground.server import Playground

from .conftest import playground
from .raw import Raw

Json = dict[str, Any]


async def order(raw: Raw, kind: str, **more: Any) -> str:
    async with raw.http.post(f"{raw.server.page_url}/control/faults", json={"kind": kind, **more}) as response:
        assert response.status == 200
        return str((await response.json())["id"])


async def test_a_bucket_counts_down_and_then_refuses_with_discords_headers(raw: Raw, taverna: str) -> None:
    path = f"/channels/{taverna}/messages"
    left = [int((await raw.call("POST", path, {"content": "x"}))[2]["X-RateLimit-Remaining"]) for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    status, body, headers = await raw.call("POST", path, {"content": "x"})
    assert (status, body["global"]) == (429, False)
    assert 0 < body["retry_after"] <= 5
    assert headers["X-RateLimit-Scope"] == "user"
    assert headers["Via"]
    assert int(headers["Retry-After"]) >= body["retry_after"]
    assert len(headers["X-RateLimit-Bucket"]) == 32
    other = next(c for c in raw.server.seeded.guild.channels if c != taverna)
    assert (await raw.call("POST", f"/channels/{other}/messages", {"content": "x"}))[0] == 200


async def test_more_than_fifty_requests_a_second_are_too_many_for_one_bot(raw: Raw) -> None:
    raw.server.context.limiter.per_second = 5
    app_id = raw.server.seeded.bot.id
    paths = [f"/users/{app_id}", "/users/@me", "/users/@me/guilds", "/applications/@me", "/voice/regions", "/gateway"]
    answers = [await raw.call("GET", path) for path in paths]
    assert [status for status, _, _ in answers] == [200] * 5 + [429]
    _, body, headers = answers[-1]
    assert (body["global"], headers["X-RateLimit-Global"], headers["X-RateLimit-Scope"]) == (True, "true", "global")
    status, body, _ = await raw.call("POST", f"/interactions/{app_id}/x/callback", {"type": 4}, token="")
    assert (status, body["code"]) == (404, 10062)


async def test_ten_thousand_invalid_requests_are_answered_by_a_ban_without_via(raw: Raw) -> None:
    raw.server.context.limiter.invalid_allowed = 3
    for _ in range(3):
        assert (await raw.call("GET", "/users/@me", token="wrong"))[0] == 401
    status, body, headers = await raw.call("GET", "/users/@me")
    assert (status, body) == (429, None)
    assert "Via" not in headers


async def test_limits_can_be_switched_off(raw: Raw, taverna: str) -> None:
    async with raw.http.post(f"{raw.server.page_url}/control/settings", json={"rate_limits": False}) as response:
        assert await response.json() == {"rate_limits": False}
    answers = [await raw.call("POST", f"/channels/{taverna}/messages", {"content": "x"}) for _ in range(60)]
    assert {status for status, _, _ in answers} == {200}


def test_buckets_do_not_pile_up() -> None:
    limiter = Limiter()
    for number in range(60_000):
        limiter._bucket(("key", str(number)), 1, 60.0)
    assert len(limiter._buckets) == 50_000


async def test_an_ordered_status_hits_only_what_it_matches_and_only_so_often(raw: Raw, taverna: str) -> None:
    match = {"method": "POST", "path_regex": "/messages$", "bot": raw.server.seeded.bot.name}
    await order(raw, "status", match=match, status=503, times=2)
    path = f"/channels/{taverna}/messages"
    assert (await raw.call("GET", path))[0] == 200
    statuses = [(await raw.call("POST", path, {"content": str(n)}))[0] for n in range(3)]
    assert statuses == [503, 503, 200]


async def test_a_lost_answer_was_carried_out(raw: Raw, taverna: str) -> None:
    await order(raw, "lost_answer", match={"method": "POST"})
    path = f"/channels/{taverna}/messages"
    with pytest.raises(aiohttp.ClientError):
        await raw.call("POST", path, {"content": "kept", "nonce": "n", "enforce_nonce": True})
    again = (await raw.call("POST", path, {"content": "kept", "nonce": "n", "enforce_nonce": True}))[1]
    assert [m["id"] for m in (await raw.call("GET", path))[1]] == [again["id"]]


async def test_slowness_and_shared_limits_can_be_ordered_and_ended(raw: Raw) -> None:
    await order(raw, "slow", seconds=0.2, times=None)
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert (await raw.call("GET", "/users/@me"))[0] == 200
    assert loop.time() - started >= 0.2
    async with raw.http.delete(f"{raw.server.page_url}/control/faults") as response:
        assert response.status == 200
    await order(raw, "rate_limit", scope="shared", retry_after=0.5)
    status, body, headers = await raw.call("GET", "/users/@me")
    assert (status, body["retry_after"], headers["X-RateLimit-Scope"]) == (429, 0.5, "shared")
    assert (await raw.call("GET", "/users/@me"))[0] == 200


@pytest.mark.parametrize("body", [{"kind": "quake"}, {"kind": "slow", "match": {"path_regex": "("}}, [], {"match": 1}])
async def test_an_order_that_makes_no_sense_is_refused(raw: Raw, body: Any) -> None:
    async with raw.http.post(f"{raw.server.page_url}/control/faults", json=body) as response:
        assert response.status == 400


@pytest_asyncio.fixture
async def strict() -> AsyncIterator[Playground]:
    async with playground(rate_limits=False) as made:
        yield made


async def test_a_switched_off_limiter_sends_no_headers(strict: Playground) -> None:
    async with aiohttp.ClientSession() as http:
        headers = (await Raw(strict, http).call("GET", "/users/@me"))[2]
    assert not [name for name in headers if name.startswith("X-RateLimit")]
