"""The AI limits as the settings want them: quotas of scopes, budgets, counted in metrics."""

from decimal import Decimal
from typing import Any, Final

from bot import metrics
from bot.settings import PROVIDERS, Settings
from core.ai import Account, Caps, Lease, Need, Short, Stage
from core.ai.caps import Sums
from core.ai.limit_settings import read_quotas
from core.ai.shared_limits import SharedLimits

LEASE_SLACK_SECONDS: Final = 60.0


class MeteredLimits(SharedLimits):
    """Shared limits that count what was refused, and how far budgets were spent when a telling began."""

    async def take(self, need: Need) -> Lease | Short:
        """See core.ai.Limits."""
        taken = await super().take(need)
        if isinstance(taken, Short):
            metrics.AI_SHORT.labels(taken.what).inc()
        metrics.AI_LIMITS_LOCAL.set(self.away)
        return taken

    async def stage(self, account: Account) -> Stage:
        """See core.ai.Limits."""
        stage = await super().stage(account)
        metrics.AI_STAGES.labels(stage).inc()
        return stage


def open_limits(settings: Settings, sums: Sums) -> MeteredLimits:
    """Limits that all processes share; `sums` says what was spent before."""
    providers = {
        name: {"models": {model: limits_of(settings, name, model) for model in getattr(settings, f"{name}_models")}}
        for name in PROVIDERS
    }
    return MeteredLimits.from_url(
        settings.redis,
        read_quotas(providers),
        caps(settings),
        sums=sums,
        workers=settings.ai_workers or settings.worker_processes,
        # Longer than any attempt, so that only the dead leave a lease behind.
        lease_seconds=settings.ai_whole_seconds + LEASE_SLACK_SECONDS,
    )


def caps(settings: Settings) -> Caps:
    """The budgets of the settings."""
    return Caps(
        guild=_micro(settings.budget_guild_usd),
        session=_micro(settings.budget_session_usd),
        person=_micro(settings.budget_person_usd),
        installation=_micro(settings.budget_total_usd),
        soft=settings.budget_soft,
    )


def keys_of(settings: Settings, provider: str) -> list[Any]:
    """A provider's keys as the router takes them, each with its scope where scopes are named."""
    keys = [key.get_secret_value() for key in settings.ai_keys(provider)]
    scopes = getattr(settings, f"{provider}_scopes")
    return [{"key": key, "scope": scope} for key, scope in zip(keys, scopes, strict=True)] if scopes else keys


def limits_of(settings: Settings, provider: str, model: str) -> dict[str, Any]:
    """`{"limits": …}` of a model, empty without any."""
    given: dict[str, Any] = getattr(settings, f"{provider}_limits")
    by_model = bool(given) and all(isinstance(part, dict) for part in given.values())
    found = given.get(model) if by_model else given
    return {"limits": found} if found else {}


def _micro(usd: Decimal | None) -> int | None:
    return None if usd is None else int(usd * 1_000_000)
