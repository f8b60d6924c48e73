"""`yourtale doctor`: looks at every outside thing and says what to do about each failure."""

import asyncio
import os
import sys

from bot import settings as all_settings
from bot.checks import discord, machine, providers, stores
from bot.checks.finding import Finding, failed, ok, warning, within
from bot.logs import Redactor, secrets_of
from bot.settings import PROVIDERS, Settings
from bot.settings_source import SettingsError

_SIGNS = {"ok": "ok     ", "warning": "look   ", "failed": "FAILED "}


def main() -> int:
    """Print every finding; 0 when nothing failed."""
    findings = [warning("settings", sentence, "") for sentence in all_settings.warnings(os.environ)]
    try:
        given = all_settings.load()
    except SettingsError as error:
        show([*findings, *(failed("settings", problem, "Change it and run this again.") for problem in error.problems)])
        return 1
    findings += [ok("settings", "valid"), *asyncio.run(examine(given))]
    show(findings, Redactor(secrets_of(given)))
    return 1 if any(finding.state == "failed" for finding in findings) else 0


async def examine(given: Settings) -> list[Finding]:
    """All findings about these settings, in a fixed order; the checks run at the same time."""
    checks = [within("machine", machine.look(given), "")]
    if given.database_url:
        to_do = "Start PostgreSQL, or set DATABASE_URL right; without it `yourtale run` brings its own."
        checks.append(within("database", stores.look_at_database(given), to_do))
    if given.database_read_url:
        checks.append(
            within("replica", stores.look_at_replica(given), "Start the replica, or unset DATABASE_READ_URL.")
        )
    if given.redis_url:
        to_do = "Start Redis, or set REDIS_URL right; without it `yourtale run` brings its own."
        checks.append(within("Redis", stores.look_at_redis(given), to_do))
    if given.discord_token:
        to_do = "See that this machine reaches Discord, and that the address is right if you set one."
        checks.append(within("Discord", discord.look(given), to_do))
    for name in PROVIDERS:
        if name in given.ai_order:
            to_do = "See that this machine reaches the provider, and that the base URL is right if you set one."
            checks.append(within(name, providers.look(given, name), to_do))
    found = [finding for group in await asyncio.gather(*checks) for finding in group]
    if given.discord_token is None:
        found.append(ok("Discord", "no token is set; `yourtale run` starts the local Discord"))
    return found + providers.prices(given) + providers.unused(given)


def show(findings: list[Finding], redact: Redactor | None = None) -> None:
    """Print findings, one a line, and under each what to do about it."""
    for finding in findings:
        lines = [f"{_SIGNS[finding.state]} {finding.name}: {finding.what}"]
        if finding.to_do and finding.state != "ok":
            lines.append(f"        → {finding.to_do}")
        for line in lines:
            sys.stdout.write(f"{redact(line) if redact else line}\n")
