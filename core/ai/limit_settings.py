"""Limits out of the router's plain mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.ai.caps import Caps
from core.ai.memory_limits import MemoryLimits
from core.ai.quota import Quota
from core.ai.settings import SettingsError
from core.ai.shared_limits import SharedLimits

if TYPE_CHECKING:
    from core.ai.caps import Sums
    from core.ai.limits import Limits
    from core.ai.observer import Clock

CAPS = {"guild_usd": "guild", "session_usd": "session", "person_usd": "person", "installation_usd": "installation"}


def open_limits(
    mapping: Mapping[str, Any], *, sums: Sums | None = None, clock: Clock | None = None, **options: Any
) -> Limits:
    """Limits as `mapping` has them: shared when it names a `redis`, else in memory. Raises SettingsError.

    `options` go to SharedLimits.
    """
    quotas, caps = read_quotas(mapping.get("providers", {})), read_caps(mapping.get("budget", {}))
    if mapping.get("redis"):
        workers = int(mapping.get("workers", 1))
        shared = {"sums": sums, "clock": clock, "workers": workers, **options}
        return SharedLimits.from_url(str(mapping["redis"]), quotas, caps, **shared)
    return MemoryLimits(quotas, caps, sums=sums, clock=clock)


def read_quotas(providers: Mapping[str, Any]) -> dict[tuple[str, str], Quota]:
    """`limits` of a provider hold for each of its models that has none of its own. Raises SettingsError."""
    found: dict[tuple[str, str], Quota] = {}
    for name, provider in providers.items():
        kind, models = provider.get("kind", name), provider.get("models", ())
        for model in models:
            options = models[model] if isinstance(models, Mapping) else {}
            own = "limits" in options
            path = f"providers.{name}.models.{model}.limits" if own else f"providers.{name}.limits"
            values = options["limits"] if own else provider.get("limits", {})
            if not isinstance(values, Mapping):
                raise SettingsError(path, "mapping")
            if values:
                found[name, str(model)] = _quota(path, values, str(kind))
    return found


def read_caps(values: Mapping[str, Any]) -> Caps:
    """`guild_usd` and `installation_usd` by month, `session_usd` for good, `person_usd` by day, `soft` 0 to 1.

    Raises SettingsError.
    """
    given: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise SettingsError(f"budget.{name}", "positive_number")
        if name == "soft" and value <= 1:
            given["soft"] = float(value)
        elif name in CAPS:
            given[CAPS[name]] = round(value * 1_000_000)
        else:
            raise SettingsError(f"budget.{name}", "unknown")
    return Caps(**given)


def _quota(path: str, values: Any, kind: str) -> Quota:
    try:
        return Quota.read(values, kind)
    except ValueError as error:
        raise SettingsError(f"{path}.{error}", "positive_number_or_unknown") from error
