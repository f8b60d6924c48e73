"""The AI router as the settings want it, with our ledger, budget and metrics."""

import logging
from typing import Any, Final

from redis.asyncio import Redis

from bot import metrics
from bot.answers import Answers, ReadByGroups
from bot.ledger import PostgresLedger
from bot.limits import keys_of, limits_of, open_limits
from bot.prices import stale
from bot.settings import PROVIDERS, Settings
from core.ai import Attempt, Router, Usage
from core.ai.money import price_list
from core.story.kinds import pure_kinds
from core.story.questions.rules import worth_keeping

logger = logging.getLogger(__name__)

THINKING_TOKENS: Final = 256
"""What Gemini 3 may think on top of the words, so that thoughts cannot eat the answer."""


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
            metrics.AI_TOKENS.labels(attempt.provider, attempt.model, "out").inc(usage.output + usage.thinking)
            metrics.AI_CACHED_TOKENS.labels(attempt.provider, attempt.model).inc(usage.cached)

    def key_rejected(self, provider: str, key_ref: str, detail: str) -> None:
        """Tell the operator, who alone can help."""
        metrics.AI_KEYS_REJECTED.labels(provider).inc()
        logger.error("a key of %s was rejected and is out of use: key %s, %s", provider, key_ref, detail)

    def circuit(self, provider: str, model: str, state: str, until: float) -> None:
        """Count openings and closings."""
        del until
        metrics.AI_CIRCUITS.labels(provider, model, state).inc()
        logger.warning("calls to %s/%s: circuit %s", provider, model, state)

    def hedged(self, attempt: Attempt) -> None:
        """Count a second call for one answer."""
        metrics.AI_HEDGES.labels(attempt.provider, attempt.model).inc()

    def looked_up(self, kind: str, result: str) -> None:
        """Count how prompts that may share an answer were answered."""
        metrics.AI_LOOKUPS.labels(kind, result).inc()


def router(settings: Settings, ledger: PostgresLedger, redis: Redis) -> Router | None:
    """Return the router, or None when the offline storyteller alone is wanted."""
    plain = mapping(settings)
    if not plain["providers"]:
        return None
    for sentence in stale(settings):
        logger.warning(sentence)
    limits = open_limits(settings, ledger)
    return Router.from_mapping(
        plain | {"redis": settings.redis},
        ledger=ledger,
        limits=limits,
        observer=Metered(),
        cache=Answers(redis),
        readings=ReadByGroups(redis),
        worth=worth_keeping,
    )


def mapping(settings: Settings) -> dict[str, Any]:
    """Return the router's settings, but for what processes share."""
    wanted = [name for name in settings.ai_order if name in PROVIDERS]
    providers: dict[str, Any] = {}
    for name in wanted:
        base_url = getattr(settings, f"{name}_base_url")
        models = getattr(settings, f"{name}_models")
        providers[name] = {
            "kind": name,
            "keys": keys_of(settings, name),
            "models": {model: _options(name, model, base_url) | limits_of(settings, name, model) for model in models},
            **({"base_url": str(base_url).rstrip("/")} if base_url else {}),
        }
    return {
        "providers": providers,
        "deadlines": {
            "first_word": settings.ai_first_word_seconds,
            "between_words": settings.ai_between_seconds,
            "whole": settings.ai_whole_seconds,
        },
        "pure": pure_kinds(),
    }


def _options(provider: str, model: str, base_url: object) -> dict[str, Any]:
    if model.startswith("gemini-3"):
        return {"thinking": "low", "thinking_tokens": THINKING_TOKENS}
    # A self-hosted model stands in no price list: what it costs is its owner's electricity
    unknown = (provider, model) not in price_list().prices
    return {"price": "free"} if provider == "openai" and base_url and unknown else {}
