"""`yourtale doctor` against real parts, well and ill."""

import asyncpg
import pytest
from redis.asyncio import Redis

from bot.checks.finding import Finding
from bot.doctor import examine, show
from bot.logs import Redactor, secrets_of
from bot.settings import Settings, load
from core.db.migrate import migrate
from playground.ai import AIProviders
from playground.server import Playground

CANARY = "canary-51c0-secret"


def given(**values: object) -> Settings:
    return load(dotenv=None, beside=False, **values)


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


async def test_everything_well_is_told_so(database_url: str, redis_url: str, tmp_path: object) -> None:
    await migrate(database_url)
    async with Playground(port=0) as discord, AIProviders(port=0) as ai:
        findings = await examine(
            given(
                data_dir=tmp_path,
                database_url=database_url,
                redis_url=redis_url,
                discord_token=discord.token,
                discord_rest_url=discord.rest_url,
                discord_gateway_url=discord.gateway_url,
                ai_order="gemini,mistral,openai,offline",
                gemini_api_key="local-key",
                gemini_base_url=ai.gemini_url,
                mistral_api_keys="local-key,local-key-2",
                mistral_base_url=ai.mistral_url,
                openai_api_key="local-key",
                openai_base_url=ai.openai_url,
                openai_models="tale-small",
            )
        )
        assert ai.bill.rows == [], "a check costs nothing"
    found = by_name(findings)
    assert {name for name, one in found.items() if one.state == "failed"} == set()
    assert {"data folder", "fonts", "database", "migrations", "database's clock", "Redis", "maxmemory-policy"} <= set(
        found
    )
    assert {"Discord token", "intents", "gateway", "Discord's clock", "gemini key 1 of 1"} <= set(found)
    assert {"mistral key 1 of 2", "mistral key 2 of 2", "openai key 1 of 1"} <= set(found)


async def test_each_failure_says_what_to_do_and_shows_no_secret(
    database_url: str, redis_url: str, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    link = await asyncpg.connect(database_url)
    await link.execute("drop database if exists doctor_bare")
    await link.execute("create database doctor_bare")
    await link.close()
    async with Playground(port=0) as discord, AIProviders(port=0) as ai:
        settings = given(
            data_dir=tmp_path,
            database_url=database_url.rpartition("/")[0] + "/doctor_bare",
            database_read_url=f"postgresql://tale:{CANARY}@127.0.0.1:1/x",
            redis_url=f"redis://:{CANARY}@{redis_url.partition('@')[2]}",
            discord_token=f"MTIz.{CANARY}.x",
            discord_rest_url=discord.rest_url,
            discord_gateway_url=discord.gateway_url,
            ai_order="gemini,offline",
            gemini_api_keys=f"{CANARY}-1,local-key",
            gemini_base_url=ai.gemini_url,
            gemini_models="gemini-none",
            mistral_api_key=CANARY,
        )
        findings = await examine(settings)
    found = by_name(findings)
    failed = {name for name, one in found.items() if one.state == "failed"}
    assert failed == {"migrations", "replica", "Redis", "Discord token", "gemini key 1 of 2"}
    assert found["gemini key 2 of 2"].state == "ok"
    assert found["gemini model"].state == "warning"
    assert found["mistral"].state == "warning"
    assert all(one.to_do.endswith(".") for one in findings if one.state != "ok")
    show(findings, Redactor(secrets_of(settings)))
    told = capsys.readouterr().out
    assert "FAILED  Discord token: refused (401)" in told
    assert CANARY not in told


async def test_a_redis_that_evicts_is_a_failure(redis_url: str, tmp_path: object) -> None:
    async with Redis.from_url(redis_url) as link:
        await link.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = by_name(await examine(given(data_dir=tmp_path, redis_url=redis_url)))
        finally:
            await link.config_set("maxmemory-policy", "noeviction")
    assert found["maxmemory-policy"].state == "failed"
    assert found["embedded PostgreSQL"].state == "ok"
