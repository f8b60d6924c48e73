"""Reservations of quota and money: the same in one process's memory and on Redis."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from core.ai import Account, Caps, Lease, Limits, MemoryLimits, Need, Quota, Short, Usage
from core.ai.shared_limits import SharedLimits

MakeLimits = Callable[..., Limits]
TABLE = Account(guild_id=1, session_id=2, person_id=3)


def need(account: Account = TABLE, micro_usd: int = 100, **fields: Any) -> Need:
    return Need(
        account, "mistral", fields.pop("scope", "org"), fields.pop("model", "small"), 40, 10, micro_usd, **fields
    )


@pytest.fixture(params=["memory", "shared"])
async def limits(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[MakeLimits]:
    async with AsyncExitStack() as stack:

        def make(caps: Caps | None = None, **quota: Any) -> Limits:
            quotas = {("mistral", "small"): Quota(**quota)}
            prefix = "{" + secrets.token_hex(4) + "}:"
            made: Limits = (
                MemoryLimits(quotas, caps)
                if request.param == "memory"
                else SharedLimits.from_url(redis_url, quotas, caps, prefix=prefix)
            )
            stack.push_async_callback(made.aclose)
            return made

        yield make


async def taken(limits: Limits, **fields: Any) -> Lease:
    lease = await limits.take(need(**fields))
    assert isinstance(lease, Lease)
    return lease


async def refused(limits: Limits, **fields: Any) -> Short:
    short = await limits.take(need(**fields))
    assert isinstance(short, Short)
    return short


async def test_without_limits_everything_is_given(limits: MakeLimits) -> None:
    made = limits()
    leases = [await taken(made) for _ in range(50)]
    assert len({lease.id for lease in leases}) == 50
    assert [lease.id for lease in leases] == sorted(lease.id for lease in leases)


@pytest.mark.parametrize(
    ("quota", "what", "fits"),
    [
        ({"rpm": 3}, "requests", 3),
        ({"input_tpm": 100}, "input_tokens", 2),
        ({"tpm": 120}, "total_tokens", 2),
        ({"rpd": 2}, "requests_day", 2),
        ({"usd": 0.00025}, "scope_money", 2),
    ],
)
async def test_each_quota_gives_what_it_has_and_says_until_when_it_is_short(
    limits: MakeLimits, quota: dict[str, float], what: str, fits: int
) -> None:
    made = limits(**quota)
    for _ in range(fits):
        await taken(made)
    short = await refused(made)
    assert short.what == what
    assert short.until is not None
    assert time.time() < short.until <= time.time() + 86_400


async def test_waiting_until_the_moment_told_is_enough(limits: MakeLimits) -> None:
    made = limits(rpm=600, tpm=500 * 60)
    leases = []
    while isinstance(given := await made.take(need()), Lease):
        leases.append(given)
    assert given.until is not None
    await asyncio.sleep(max(given.until - time.time(), 0) + 0.002)
    await taken(made)


async def test_scopes_and_models_have_quotas_of_their_own(limits: MakeLimits) -> None:
    made = limits(rpm=1)
    await taken(made, scope="a")
    await taken(made, scope="b")
    assert (await refused(made, scope="a")).what == "requests"
    for _ in range(3):
        await taken(made, scope="a", model="large")


async def test_nothing_is_taken_where_one_thing_is_short(limits: MakeLimits) -> None:
    made = limits(Caps(guild=1_000, session=300), rpm=5, rpd=5, tpm=1_000)
    for _ in range(3):
        await taken(made)
    for _ in range(10):
        assert (await refused(made)).what == "session"
    # The refused ones used up neither a request nor the guild's money.
    other = Account(guild_id=1, session_id=9)
    for _ in range(2):
        await taken(made, account=other)
    assert (await refused(made, account=other)).what == "requests_day"


@pytest.mark.parametrize("kind", ["guild", "session", "person", "installation"])
async def test_each_budget_stops_before_its_cap_is_passed(limits: MakeLimits, kind: str) -> None:
    made = limits(Caps(**{kind: 250}))
    for _ in range(2):
        await taken(made)
    short = await refused(made)
    assert short.what == kind
    assert (short.until is None) == (kind == "session")
    assert (await taken(made, micro_usd=50)).id
    strangers = Account(guild_id=7, session_id=7, person_id=7)
    assert isinstance(await made.take(need(strangers)), Short if kind == "installation" else Lease)


async def test_what_a_cap_can_never_pay_is_not_waited_for(limits: MakeLimits) -> None:
    short = await refused(limits(Caps(guild=50)))
    assert (short.what, short.until) == ("guild", None)


async def test_a_table_may_set_a_lower_limit_for_itself(limits: MakeLimits) -> None:
    made = limits(Caps(session=1_000))
    frugal = Account(session_id=5, session_limit=150)
    await taken(made, account=frugal)
    assert (await refused(made, account=frugal)).what == "session"
    assert (await taken(made, account=Account(session_id=5))).id


async def test_a_settlement_puts_the_real_usage_in_the_estimates_place(limits: MakeLimits) -> None:
    made = limits(Caps(session=300), tpm=100)
    for _ in range(10):
        await made.settle(await taken(made), Usage(input=1, output=1, thinking=1), 5)
    dear = await taken(made)
    await made.settle(dear, Usage(input=500, output=20), 100)
    short = await refused(made)
    assert short.what == "total_tokens"
    assert short.until is not None
    assert short.until > time.time() + 200, "more was used than there was: the bucket stands below nothing"


async def test_a_settlement_without_usage_keeps_the_estimated_tokens(limits: MakeLimits) -> None:
    made = limits(Caps(session=300), tpm=50)
    await made.settle(await taken(made), None, 0)
    assert (await refused(made)).what == "total_tokens"
    assert await made.stage(TABLE) == "normal"


async def test_a_refund_gives_all_of_it_back(limits: MakeLimits) -> None:
    made = limits(Caps(session=100), rpm=1, rpd=1, tpm=50, usd=0.0001)
    for _ in range(10):
        await made.refund(await taken(made))
    await taken(made)
    await refused(made)


async def test_settling_and_giving_back_twice_is_once(limits: MakeLimits) -> None:
    made = limits(Caps(session=300), rpm=3, rpd=3)
    lease, other = await taken(made), await taken(made)
    for _ in range(3):
        await made.settle(lease, Usage(), 0)
        await made.refund(lease)
        await made.refund(other)
        await made.settle(other, Usage(), 0)
    for _ in range(2):
        await taken(made)
    assert (await refused(made)).what == "requests_day"


async def test_a_prompt_larger_than_a_bucket_waits_for_a_full_one(limits: MakeLimits) -> None:
    made = limits(tpm=20)
    await taken(made)
    short = await refused(made)
    assert short.what == "total_tokens"
    assert short.until is not None


async def test_a_blocked_quota_is_given_to_nobody_and_the_later_block_holds(limits: MakeLimits) -> None:
    made = limits()
    later = time.time() + 5_000
    await made.block("mistral", "org", "small", later)
    await made.block("mistral", "org", "small", time.time() + 10)
    short = await refused(made)
    assert short.what == "blocked"
    assert short.until == pytest.approx(later, abs=0.01)
    await taken(made, scope="other")


async def test_the_stage_follows_the_fullest_budget(limits: MakeLimits) -> None:
    made = limits(Caps(guild=10_000, session=1_000, soft=0.5))
    assert await made.stage(TABLE) == "normal"
    for _ in range(4):
        await taken(made)
    assert await made.stage(TABLE) == "normal"
    await taken(made)
    assert await made.stage(TABLE) == "soft"
    for _ in range(5):
        await taken(made)
    assert await made.stage(TABLE) == "hard"
    assert await made.stage(Account()) == "normal"


async def test_a_hundred_racers_share_what_there_is(limits: MakeLimits) -> None:
    made = limits(Caps(guild=1_050), rpm=1_000)
    answers = await asyncio.gather(*(made.take(need()) for _ in range(100)))
    assert sum(isinstance(answer, Lease) for answer in answers) == 10
