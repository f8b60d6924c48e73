"""What a table reads of its budget: once when it is nearly spent, again only after there was room."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from bot.candles import Candles
from core.ai import Caps
from core.db.migrate import migrate
from core.db.pools import Database
from core.game.log import Loaded, Secrets
from core.game.registry import apply
from core.game.rules.spending import BudgetSet
from core.game.rules.table import Start, opened, start
from core.i18n import text

SESSION, GUILD = 7_700_001, 7_700_002


def loaded(budget: int) -> Loaded:
    command = Start(key="s", by=1, title="A", language="en-US", lead="ai")
    event = start(command).events[0]
    state = apply(opened(event, SESSION), (event, BudgetSet(micro_usd=budget)), 1)  # type: ignore[arg-type]
    return Loaded(SESSION, GUILD, 1, 1, state, Secrets(b"", b"", b""), {})


async def test_a_limit_nearly_spent_is_said_once_until_there_is_room_again(database_url: str, redis_url: str) -> None:
    await migrate(database_url)
    database, redis = await Database.open(database_url), Redis.from_url(redis_url, decode_responses=True)
    candles = Candles(database.writer, redis, Caps())
    try:
        await database.writer.execute(
            "INSERT INTO ledger (guild_id, session_id, from_seq, attempt, reference, kind, provider, model, key_hint,"
            " micro_usd, state, at) VALUES ($1, $2, 1, 1, '', 'narration', 'gemini', 'm', '', 850, 'settled', $3)",
            GUILD,
            SESSION,
            datetime.now(UTC),
        )
        near = text("en-US", "telling.near")
        assert [await candles.near(loaded(1_000)) for _ in range(3)] == [near, "", ""]
        assert not await candles.near(loaded(10_000))
        assert await candles.near(loaded(1_000)) == near
        assert not await candles.near(loaded(0))
    finally:
        await redis.delete(f"yourtale:near:{SESSION}")
        await redis.aclose()
        await database.close()


async def test_a_month_that_is_spent_says_when_it_is_over(database_url: str, redis_url: str) -> None:
    await migrate(database_url)
    database, redis = await Database.open(database_url), Redis.from_url(redis_url, decode_responses=True)
    try:
        by_month = await Candles(database.writer, redis, Caps(guild=0)).spent(loaded(0))
        assert "<t:" in by_month
        assert await Candles(database.writer, redis, Caps()).spent(loaded(1)) == text("en-US", "telling.budget")
    finally:
        await redis.aclose()
        await database.close()
