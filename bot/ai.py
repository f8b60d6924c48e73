"""The AI router as the settings want it, with our ledger, budget and metrics."""

from typing import Any

from bot import metrics
from bot.money import Money
from bot.settings import PROVIDERS, Settings
from core.ai import Attempt, Router, Usage
from core.ai.money import price_list


class Metered:
    """A core.ai Observer that counts."""

    def attempt_started(self, attempt: Attempt) -> None:
        """Nothing to count yet."""

    def first_word(self, attempt: Attempt, seconds: float) -> None:
        """Measure the wait for the first word."""
        metrics.AI_FIRST_WORD_SECONDS.labels(attempt.provider, attempt.model).observe(seconds)

    def attempt_finished(
        self, attempt: Attempt, outcome: str, seconds: float, usage: Usage | None, micro_usd: int
    ) -> None:
        """Count the attempt, its tokens and its money."""
        del seconds
        metrics.AI_ATTEMPTS.labels(attempt.provider, attempt.model, outcome).inc()
        metrics.AI_COST_MICRO_USD.labels(attempt.provider, attempt.model).inc(micro_usd)
        if usage:
            metrics.AI_TOKENS.labels(attempt.provider, attempt.model, "in").inc(usage.input)
            metrics.AI_TOKENS.labels(attempt.provider, attempt.model, "out").inc(usage.output)

    def looked_up(self, kind: str, result: str) -> None:
        """Look-ups are counted by the attempts they save."""


def router(settings: Settings, money: Money) -> Router | None:
    """Return the router, or None when the offline storyteller alone is wanted."""
    wanted = [name for name in settings.ai_order if name in PROVIDERS]
    if not wanted:
        return None
    providers: dict[str, Any] = {}
    for name in wanted:
        base_url = getattr(settings, f"{name}_base_url")
        models = getattr(settings, f"{name}_models")
        providers[name] = {
            "kind": name,
            "keys": [key.get_secret_value() for key in settings.ai_keys(name)],
            "models": {model: _options(name, model, base_url) for model in models},
            **({"base_url": str(base_url).rstrip("/")} if base_url else {}),
        }
    mapping = {
        "providers": providers,
        "deadlines": {
            "first_word": settings.ai_first_word_seconds,
            "between_words": settings.ai_between_seconds,
            "whole": settings.ai_whole_seconds,
        },
    }
    return Router.from_mapping(mapping, ledger=money, budget=money, observer=Metered())


def _options(provider: str, model: str, base_url: object) -> dict[str, Any]:
    # A self-hosted model stands in no price list: what it costs is its owner's electricity
    unknown = (provider, model) not in price_list().prices
    return {"price": "free"} if provider == "openai" and base_url and unknown else {}
