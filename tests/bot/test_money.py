"""Money on real stores: the ledger in PostgreSQL, reservations in Redis, and what they say was spent."""

import asyncio
import json
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from bot.costs import summed, table
from bot.ledger import PostgresLedger
from bot.limits import caps, keys_of, limits_of
from bot.prices import stale
from bot.settings import load
from bot.settings_source import SettingsError
from bot.spending import lines, spent
from core.ai import Account, Attempt, Caps, Lease, Message, Need, NoProvider, Prompt, Quota, Router, Short, Usage
from core.ai.money import price_list
from core.ai.shared_limits import SharedLimits
from core.db.migrate import migrate
from playground.ai import AIProviders, Fault

MODEL = "tale-small"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    await migrate(database_url)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=4) as opened:
        await opened.execute("TRUNCATE ledger")
        yield opened


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


def row(account: Account, micro_usd: int, **fields: Any) -> Attempt:
    return Attempt(account, "narration", "openai", fields.pop("model", MODEL), "k", 1, 40, 10, micro_usd, **fields)


def limits(redis_url: str, pool: asyncpg.Pool, caps: Caps, **options: Any) -> SharedLimits:
    prefix = options.pop("prefix", "{" + secrets.token_hex(4) + "}:")
    return SharedLimits.from_url(redis_url, {}, caps, sums=PostgresLedger(pool), prefix=prefix, **options)


async def test_rows_opened_at_once_are_written_together_and_each_is_closed_once(pool: asyncpg.Pool) -> None:
    ledger = PostgresLedger(pool)
    ids = await asyncio.gather(*(ledger.open(row(Account(guild_id=n), 100)) for n in range(40)))
    assert len(set(ids)) == 40
    assert await pool.fetchval("SELECT count(*) FROM ledger WHERE state = 'open' AND micro_usd = 100") == 40
    assert await pool.fetchval("SELECT count(DISTINCT xmin::text) FROM ledger") <= 3, "one statement for many"
    usage = Usage(input=5, output=4, cached=3, thinking=2)
    await asyncio.gather(*(ledger.settle(number, usage, 7, "ok") for number in ids[:39]))
    await ledger.estimate(ids[39], None, 90, "cancelled")
    await ledger.settle(ids[39], usage, 1, "late")
    await ledger.aclose()
    assert await pool.fetchrow("SELECT sum(micro_usd)::int, sum(thinking_tokens)::int FROM ledger") == (39 * 7 + 90, 78)
    last = await pool.fetchrow("SELECT state, outcome, micro_usd FROM ledger WHERE id = $1", ids[39])
    assert tuple(last or ()) == ("estimated", "cancelled", 90)


async def test_a_row_whose_caller_gave_up_while_it_was_written_costs_nothing(pool: asyncpg.Pool) -> None:
    ledger = PostgresLedger(pool)
    opening = asyncio.create_task(ledger.open(row(Account(guild_id=1), 100)))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait({opening})
    assert opening.cancelled()
    async with asyncio.timeout(5):
        while not await pool.fetchval("SELECT count(*) FROM ledger WHERE state = 'settled' AND micro_usd = 0"):
            await asyncio.sleep(0.01)


async def test_a_row_takes_its_leases_id(pool: asyncpg.Pool, redis_url: str) -> None:
    made = limits(redis_url, pool, Caps(guild=1_000))
    lease = await made.take(Need(Account(guild_id=1), "openai", "s", MODEL, 40, 10, 100))
    assert isinstance(lease, Lease)
    assert await PostgresLedger(pool).open(row(Account(guild_id=1), 100, lease=lease.id)) == lease.id
    assert await made._sums.charged([lease.id, 7]) == {lease.id: 100}  # type: ignore[union-attr]
    await made.aclose()


async def test_each_counter_sums_what_belongs_to_it(pool: asyncpg.Pool) -> None:
    ledger, now = PostgresLedger(pool), datetime.now(UTC)
    for account in (Account(1, 10, 100), Account(1, 11, 100), Account(2, 12, 101), Account()):
        await ledger.settle(await ledger.open(row(account, 900)), Usage(), 50, "ok")
    await ledger.aclose()
    await ledger.open(row(Account(1, 10, 100), 900))
    old = await ledger.open(row(Account(1, 10, 100), 5_000))
    await pool.execute("UPDATE ledger SET at = at - interval '40 days' WHERE id = $1", old)
    caps = Caps(guild=1, session=1, person=1, installation=1).of(Account(1, 10, 100), now.timestamp())
    found = await ledger.spent([counter for counter, _ in caps])
    assert {counter.kind: money for counter, money in found.items()} == {
        "guild": 1_000,
        "session": 5_950,
        "person": 1_000,
        "installation": 1_100,
    }


async def test_the_budget_survives_a_redis_that_was_emptied(pool: asyncpg.Pool, redis_url: str) -> None:
    account, caps = Account(guild_id=1, session_id=10, person_id=100), Caps(guild=1_000, session=800, person=5_000)
    ledger, made = PostgresLedger(pool), limits(redis_url, pool, caps)
    given = 0
    for turn in range(20):
        lease = await made.take(Need(account, "openai", "s", MODEL, 40, 10, 100))
        if isinstance(lease, Short):
            assert lease.what == "session"
            break
        number = await ledger.open(row(account, 100, lease=lease.id))
        await ledger.settle(number, Usage(input=1), 80, "ok")
        await made.settle(lease, Usage(input=1), 80)
        given += 1
        if turn % 3 == 2:
            await ledger.aclose()
            async with Redis.from_url(redis_url) as redis:
                await redis.delete(*[key async for key in redis.scan_iter(f"{made._script._prefix}*")])
    await ledger.aclose()
    assert given == 9
    assert await pool.fetchval("SELECT sum(micro_usd) FROM ledger WHERE session_id = 10") == 720
    await made.aclose()


async def test_what_a_dead_process_had_reserved_is_closed_by_its_rows(pool: asyncpg.Pool, redis_url: str) -> None:
    account, prefix = Account(guild_id=1), "{" + secrets.token_hex(4) + "}:"
    dead = limits(redis_url, pool, Caps(guild=1_000), lease_seconds=0.05, prefix=prefix)
    unsent, sent = [await dead.take(Need(account, "openai", "s", MODEL, 1, 1, 400)) for _ in range(2)]
    assert isinstance(unsent, Lease)
    assert isinstance(sent, Lease)
    ledger = PostgresLedger(pool)
    await ledger.open(row(account, 400, lease=sent.id))
    await dead._script.aclose()
    await pool.execute("UPDATE ledger SET at = at - interval '1 hour'")
    await asyncio.sleep(0.1)
    living = limits(redis_url, pool, Caps(guild=1_000), prefix=prefix)
    assert isinstance(await living.take(Need(account, "openai", "s", MODEL, 1, 1, 400)), Short)
    assert await ledger.give_up_lost(900) == 1
    assert await living.reap() == 2
    assert isinstance(await living.take(Need(account, "openai", "s", MODEL, 1, 1, 600)), Lease)
    await living.aclose()


@pytest.mark.parametrize("fault", [None, Fault("half_stream", after=3), Fault("status", status=503)])
async def test_settled_rows_are_the_bill_and_estimates_never_below_it(
    pool: asyncpg.Pool, redis_url: str, ai: AIProviders, fault: Fault | None
) -> None:
    made = limits(redis_url, pool, Caps(guild=10_000_000))
    account = Account(guild_id=1, session_id=10, person_id=100)
    providers = {"openai": {"base_url": ai.openai_url, "keys": ["local-key"], "models": [MODEL]}}
    async with Router.from_mapping({"providers": providers}, ledger=PostgresLedger(pool), limits=made) as router:
        if fault:
            ai.order(fault)
        for text in ("I open the door", "I wait"):
            prompt = Prompt("narration", (Message("user", text),))
            async with aclosing(router.stream(prompt, account=account)) as events:
                async for _ in events:
                    pass
    rows = await pool.fetch("SELECT state, micro_usd FROM ledger ORDER BY id")
    assert len(rows) == len(ai.rows) == (3 if fault else 2)
    for kept, billed in zip(rows, ai.rows, strict=True):
        if kept["state"] == "settled":
            assert kept["micro_usd"] == billed.micro_usd
        else:
            assert kept["state"] == "estimated"
            assert kept["micro_usd"] >= billed.micro_usd
    again = limits(redis_url, pool, Caps(guild=10_000_000), prefix=made._script._prefix)
    assert await again.stage(account) == "normal"
    (counted, _), *_ = again._known.values()
    assert counted == sum(kept["micro_usd"] for kept in rows), "Redis and the ledger agree"
    await again.aclose()


async def test_a_spent_budget_leaves_a_router_without_a_provider(
    pool: asyncpg.Pool, redis_url: str, ai: AIProviders
) -> None:
    made = limits(redis_url, pool, Caps(session=1))
    providers = {"openai": {"base_url": ai.openai_url, "keys": ["local-key"], "models": [MODEL]}}
    async with Router.from_mapping({"providers": providers}, ledger=PostgresLedger(pool), limits=made) as router:
        with pytest.raises(NoProvider) as caught:
            await router.complete([{"role": "user", "content": "Hi"}], account=Account(session_id=10))
    assert caught.value.reason == "budget"
    assert not ai.requests
    assert await pool.fetchval("SELECT count(*) FROM ledger") == 0


async def test_a_tables_budget_is_told_with_its_stage_and_forecast(pool: asyncpg.Pool) -> None:
    ledger, now = PostgresLedger(pool), datetime(2026, 11, 20, tzinfo=UTC)
    for day in range(10, 20):
        number = await ledger.open(row(Account(1, 10 + day % 2), 999))
        await ledger.settle(number, Usage(), 100, "ok")
        await ledger.aclose()
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        await pool.execute("UPDATE ledger SET at = $1 WHERE id = $2", at, number)
    await pool.execute("UPDATE ledger SET at = $1 WHERE id = $2", now - timedelta(days=60), number)
    told = await spent(pool, Caps(guild=1_000, session=600), Account(1, 10), now)
    assert (told.month, told.estimated, told.session, told.guild_limit) == (900, 0, 500, 1_000)
    assert told.stage == "soft"
    # The last seven days hold six rows, the first of them 6.5 days ago; eleven days are left.
    assert told.forecast == 900 + round(600 / 6.5 * 11)
    own = await spent(pool, Caps(guild=1_000, session=600), Account(1, 10, session_limit=500), now)
    assert (own.session_limit, own.stage) == (500, "hard")


async def test_a_month_is_told_by_guild_model_and_day_in_the_operators_currency(pool: asyncpg.Pool) -> None:
    ledger = PostgresLedger(pool)
    for guild, model, money in ((1, MODEL, 2_000_000), (1, "tale-large", 500_000), (None, MODEL, 10)):
        await ledger.settle(await ledger.open(row(Account(guild), money, model=model)), Usage(9, 8, 7, 6), money, "ok")
    await ledger.estimate(await ledger.open(row(Account(2), 30)), None, 30, "cancelled")
    await ledger.aclose()
    await pool.execute("UPDATE ledger SET at = '2026-11-05 23:30:00+00'")
    given = load(None, beside=False, currency="BRL", currency_per_usd=Decimal("5.5"), currency_date=date(2026, 11, 1))
    costs = summed(given, date(2026, 11, 1), await lines(pool, date(2026, 11, 1)))
    assert (costs.total.micro_usd, costs.total.estimated, costs.total.calls) == (2_500_040, 30, 4)
    assert {name: total.micro_usd for name, total in costs.guilds.items()} == {"1": 2_500_000, "none": 10, "2": 30}
    assert set(costs.models) == {"openai/tale-small", "openai/tale-large"}
    assert list(costs.days) == ["2026-11-05"]
    text = "\n".join(table(costs))
    assert "2026-11: BRL 13.7502 for 4 calls" in text
    assert "rate of 2026-11-01" in text
    assert await lines(pool, date(2026, 10, 1)) == []


async def test_the_word_prints_a_month_as_json(pool: asyncpg.Pool, database_url: str) -> None:
    ledger = PostgresLedger(pool)
    await ledger.settle(await ledger.open(row(Account(1), 60)), Usage(), 60, "ok")
    await ledger.aclose()
    command = [sys.executable, "-m", "bot.cli", "costs", "--json"]
    env = {"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin"}
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, env=env, timeout=30, check=True)
    told = json.loads(done.stdout)
    assert told["total"]["micro_usd"] == told["guilds"]["1"]["micro_usd"] == 60
    assert told["forecast"] >= 60
    assert (told["month"], told["currency"]) == (time.strftime("%Y-%m", time.gmtime()), "USD")


def test_a_price_list_is_called_old_on_the_day_after_its_last() -> None:
    given, checked = load(None, beside=False, price_age_days=30), price_list().checked
    assert stale(given, checked + timedelta(days=30)) == []
    assert "31 days" in stale(given, checked + timedelta(days=31))[0]


def test_a_quotas_day_begins_where_its_provider_says() -> None:
    assert Quota.read({"rpd": 5}, "gemini").zone == "America/Los_Angeles"
    assert Quota.read({"rpd": 5, "zone": "Europe/Paris"}, "gemini").zone == "Europe/Paris"
    with pytest.raises(ValueError, match="zone"):
        Quota.read({"zone": "Atlantis"})


def test_limits_hold_for_each_model_or_for_the_one_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOURTALE_GEMINI_LIMITS", '{"rpm": 5}')
    monkeypatch.setenv("YOURTALE_MISTRAL_LIMITS", '{"small": {"tpm": 7}}')
    given = load(None, beside=False)
    assert limits_of(given, "gemini", "any") == {"limits": {"rpm": 5}}
    assert limits_of(given, "mistral", "small") == {"limits": {"tpm": 7}}
    assert limits_of(given, "mistral", "large") == limits_of(given, "openai", "any") == {}


@pytest.mark.parametrize("wrong", ['{"rpx": 5}', '{"small": {"rpm": -1}}', "[]", "{"])
def test_limits_that_say_nothing_are_told(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("YOURTALE_GEMINI_LIMITS", wrong)
    with pytest.raises(SettingsError) as caught:
        load(None, beside=False)
    assert "YOURTALE_GEMINI_LIMITS" in caught.value.problems[0]


def test_each_key_has_its_scope_and_budgets_are_millionths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEYS", "one,two")
    monkeypatch.setenv("YOURTALE_GEMINI_SCOPES", "project,project")
    monkeypatch.setenv("YOURTALE_BUDGET_TOTAL_USD", "1.5")
    given = load(None, beside=False)
    assert keys_of(given, "gemini") == [{"key": "one", "scope": "project"}, {"key": "two", "scope": "project"}]
    assert caps(given) == Caps(guild=20_000_000, session=5_000_000, installation=1_500_000, soft=0.8)
    monkeypatch.setenv("YOURTALE_GEMINI_SCOPES", "project")
    monkeypatch.setenv("YOURTALE_AI_ORDER", "gemini")
    with pytest.raises(SettingsError, match="SCOPES"):
        load(None, beside=False)
