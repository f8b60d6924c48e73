"""Discord: is the token good, which application, how many starts are left today."""

from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson

from bot.checks.finding import Finding, failed, ok, warning
from bot.checks.stores import clock
from bot.settings import Settings

REST = "https://discord.com/api/v10"
ANSWER_LIMIT = 1 << 20
PRIVILEGED = {
    "presence": 1 << 12 | 1 << 13,
    "server members": 1 << 14 | 1 << 15,
    "message content": 1 << 18 | 1 << 19,
}
"""Flags of an application that may use each privileged intent, in many servers or in few."""


async def look(settings: Settings) -> list[Finding]:
    """Token, application and intents, session starts, clock."""
    rest = (settings.discord_rest_url or REST).rstrip("/")
    headers = {"Authorization": f"Bot {settings.token}"}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=8)) as session:
        async with session.get(f"{rest}/users/@me", allow_redirects=False) as answer:
            if answer.status == 401:
                to_do = "Reset the token in Discord's developer portal and set DISCORD_TOKEN to the new one."
                return [failed("Discord token", "refused (401)", to_do)]
            user = await _body(answer)
            date = answer.headers.get("Date")
        async with session.get(f"{rest}/applications/@me", allow_redirects=False) as answer:
            application = await _body(answer)
        async with session.get(f"{rest}/gateway/bot", allow_redirects=False) as answer:
            gateway = await _body(answer)
    found = [ok("Discord token", f"the bot {user.get('username')} ({user.get('id')})"), _intents(application)]
    found.append(_starts(gateway))
    if date is not None:
        found.append(clock("Discord's clock", parsedate_to_datetime(date).timestamp()))
    return found


def _intents(application: dict[str, Any]) -> Finding:
    flags = int(application.get("flags") or 0)
    granted = [name for name, bits in PRIVILEGED.items() if flags & bits]
    told = f"the application has the privileged intents {', '.join(granted)}" if granted else "no privileged one"
    return ok("intents", f"guilds is all we ask for; {told}")


def _starts(gateway: dict[str, Any]) -> Finding:
    limit = gateway.get("session_start_limit") or {}
    left, total = int(limit.get("remaining", 0)), int(limit.get("total", 0))
    told = f"{left} of {total} starts left today, {gateway.get('shards')} shards advised"
    if left <= int(gateway.get("shards") or 1):
        hours = int(limit.get("reset_after", 0)) / 3_600_000
        return failed("gateway", told, f"Wait {hours:.1f} h, or Discord resets the token.")
    return ok("gateway", told) if left > total // 10 else warning("gateway", told, "Restart the shards less often.")


async def _body(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    content = await answer.content.read(ANSWER_LIMIT)
    answer.raise_for_status()
    body = orjson.loads(content)
    return body if isinstance(body, dict) else {}
