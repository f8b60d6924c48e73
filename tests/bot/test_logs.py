"""Logs: one shape for ours and the libraries', a reference on each line, no secret on any."""

import subprocess
import sys

import orjson
import pytest

from bot.logs import LINE_LIMIT, Redactor, reference_of

CANARY = "canary-7d1e-secret"
SCRIPT = f"""
import asyncio, logging
from bot import logs
from bot.settings import load
settings = load(dotenv=None, beside=False, log_format="%s", discord_token="{CANARY}",
    database_url="postgresql://tale:{CANARY}-db@127.0.0.1/x", gemini_api_keys="{CANARY}-k1,{CANARY}-k2")
logs.configure(settings, "worker")
log = logs.get("probe")
async def turn(interaction):
    logs.bind_reference(logs.reference_of(interaction))
    await asyncio.sleep(0)
    log.info("told", interaction=interaction, token=settings.token, nested={{"url": [settings.database]}})
    logging.getLogger("some.library").warning("a library with %%s", settings.token, extra={{"more": settings.token}})
    try:
        raise RuntimeError(settings.database)
    except RuntimeError:
        log.exception("failed")
        logging.getLogger("asyncpg").exception("failed there")
async def main():
    await asyncio.gather(turn(1), turn(2))
    log.info("x" * 50_000)
asyncio.run(main())
"""


def lines(log_format: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT % log_format], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_every_line_is_json_with_its_own_interactions_reference() -> None:
    rows = [orjson.loads(line) for line in lines("json")[:-1]]
    assert {row["role"] for row in rows} == {"worker"}
    for interaction in (1, 2):
        assert sum(row.get("reference") == reference_of(interaction) for row in rows) == 4
    assert {row["event"] for row in rows} == {"told", "a library with ***", "failed", "failed there"}


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_secret_reaches_a_line_by_any_way(log_format: str) -> None:
    text = "\n".join(lines(log_format))
    assert CANARY not in text
    assert "RuntimeError" in text


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_line_that_is_too_long_is_cut(log_format: str) -> None:
    assert max(map(len, lines(log_format))) <= LINE_LIMIT + 1


@pytest.mark.parametrize(
    "secret",
    [
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB",
        "aW50ZXJhY3Rpb246" + "x" * 80,
        "AIzaSyA1234567890abcdefghijklmnop",
        "sk-abcdefghijklmnopqrstuvwxyz123456",
    ],
)
def test_what_has_the_shape_of_a_secret_is_struck_out_unknown_as_it_is(secret: str) -> None:
    line = Redactor(())(f"POST /webhooks/123456789012345678/{secret}/messages failed, key {secret[:0]}")
    assert secret not in line


def test_a_password_in_an_unknown_address_is_struck_out() -> None:
    assert "hunter2" not in Redactor(())("cannot reach redis://:hunter2@10.0.0.1:6379/0")


def test_a_reference_is_eight_characters_that_nobody_misreads() -> None:
    references = {reference_of(number) for number in range(2_000)}
    assert len(references) == 2_000
    assert {len(reference) for reference in references} == {8}
    assert not set("".join(references)) & set("ILOU")
    assert reference_of("1234") == reference_of(1234)
