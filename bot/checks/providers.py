"""AI providers: each key with the cheapest call there is, the list of models, which costs nothing."""

import aiohttp
import orjson

from bot.checks.finding import Finding, failed, ok, warning
from bot.prices import stale
from bot.settings import PROVIDERS, Settings
from core.ai.settings import DEFAULT_URLS

ANSWER_LIMIT = 4 << 20
_PATHS = {"gemini": "/v1beta/models?pageSize=1000", "mistral": "/v1/models", "openai": "/models"}


async def look(settings: Settings, provider: str) -> list[Finding]:
    """One finding per key, and one per wanted model that the first good key does not see."""
    base = str(getattr(settings, f"{provider}_base_url") or DEFAULT_URLS[provider]).rstrip("/")
    keys = [key.get_secret_value() for key in settings.ai_keys(provider)] or [""]
    found: list[Finding] = []
    seen: frozenset[str] = frozenset()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as session:
        for number, key in enumerate(keys, start=1):
            name = f"{provider} key {number} of {len(keys)}" if key else f"{provider} without a key"
            headers = {} if not key else _headers(provider, key)
            async with session.get(base + _PATHS[provider], headers=headers, allow_redirects=False) as answer:
                content = await answer.content.read(ANSWER_LIMIT)
                found.append(_judge(name, provider, answer.status))
                if answer.status == 200:
                    seen = seen or _models(content)
    wanted: tuple[str, ...] = getattr(settings, f"{provider}_models")
    to_do = f"Set YOURTALE_{provider.upper()}_MODELS to models that this key may use."
    found += [warning(f"{provider} model", f"{name} is not in the list", to_do) for name in wanted if name not in seen]
    return found


def prices(settings: Settings) -> list[Finding]:
    """A word about the price list, where money is counted by it."""
    if not any(name in PROVIDERS for name in settings.ai_order):
        return []
    return [warning("prices", sentence, "") for sentence in stale(settings)] or [ok("prices", "looked at lately")]


def unused(settings: Settings) -> list[Finding]:
    """A word for each provider whose key is set and that no order names."""
    return [
        warning(
            name, "a key is set, but the storyteller does not use it", f"Add {name} to YOURTALE_AI_ORDER to use it."
        )
        for name in PROVIDERS
        if settings.ai_keys(name) and name not in settings.ai_order
    ]


def _headers(provider: str, key: str) -> dict[str, str]:
    return {"x-goog-api-key": key} if provider == "gemini" else {"Authorization": f"Bearer {key}"}


def _judge(name: str, provider: str, status: int) -> Finding:
    if status == 200:
        return ok(name, "accepted")
    if status == 429:
        return warning(name, "rate limited (429)", "Wait, or ask the provider for a higher quota.")
    if status in {400, 401, 403}:
        return failed(
            name, f"refused ({status})", f"Make a new key at the provider and set {provider.upper()}_API_KEY."
        )
    return failed(name, f"answered {status}", "Look at the provider's status page, and at the base URL if you set one.")


def _models(content: bytes) -> frozenset[str]:
    try:
        body = orjson.loads(content)
        rows = body.get("models") or body.get("data") or []
        return frozenset(str(row.get("name") or row.get("id")).removeprefix("models/") for row in rows)
    except (orjson.JSONDecodeError, AttributeError):
        return frozenset()
