"""The router's settings out of a plain mapping, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar, get_args

from core.ai.attempt import Deadlines
from core.ai.breaker import BreakerSettings
from core.ai.hedge import HedgeSettings
from core.ai.money import Price, price_list
from core.ai.provider import ModelSettings
from core.ai.routes import fingerprint
from core.ai.sharing import Pure, Tenant

DEFAULT_URLS = {
    "gemini": "https://generativelanguage.googleapis.com",
    "mistral": "https://api.mistral.ai",
    "openai": "https://api.openai.com/v1",
}
MOST_KEPT = 366 * 86_400
MOST_VARIANTS = 8
Pair = tuple[str, str]
SETTINGS = frozenset(
    {"providers", "order", "deadlines", "limits", "pure", "hedge", "breaker", "redis", "workers", "budget"}
)
PROVIDER_SETTINGS = frozenset({"kind", "base_url", "keys", "models", "limits"})
T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is wrong: `path` says which ("providers.mistral.kind"), `code` what is the matter."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A provider key; `ref` names it in ledgers and logs, `scope` the quota it draws on, `weight` its part of calls."""

    secret: str = field(repr=False)
    ref: str
    scope: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider."""

    name: str
    kind: str
    base_url: str
    keys: tuple[Key, ...]
    models: Mapping[str, ModelSettings]
    prices: Mapping[str, Price]


@dataclass(frozen=True, slots=True)
class TellingLimits:
    """Bounds of one telling: calls that may fail, seconds to wait for a resting key, bytes of a prompt.

    `retries`: share of the tellings that may ask the same route a second time, `retry_burst` of them at once.
    `soft_output`: part of the output limit that is left while a budget is nearly spent.
    """

    attempts: int = 3
    longest_wait: float = 2.0
    prompt_bytes: int = 400_000
    retries: float = 0.1
    retry_burst: float = 10.0
    soft_output: float = 0.6


@dataclass(frozen=True, slots=True)
class RouterSettings:
    """All that the router needs to know.

    `order`: by prompt kind, "default" for the others, tiers of equal (provider, model) pairs, the first asked first.
    `pure`: the kinds whose answers are a function of their prompt, and who may share one. `redis`: address of what
    processes share, `workers` of them.
    """

    providers: Mapping[str, ProviderSettings]
    order: Mapping[str, tuple[tuple[Pair, ...], ...]]
    deadlines: Deadlines = field(default_factory=Deadlines)
    limits: TellingLimits = field(default_factory=TellingLimits)
    pure: Mapping[str, Pure] = field(default_factory=dict)
    hedge: HedgeSettings = field(default_factory=HedgeSettings)
    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    redis: str = field(default="", repr=False)
    workers: int = 1


def read(mapping: Mapping[str, Any]) -> RouterSettings:
    """Check a plain mapping (see docs/ai-core.md). Raises SettingsError."""
    _only(mapping, SETTINGS)
    providers = {name: _provider(name, entry) for name, entry in mapping.get("providers", {}).items()}
    order = mapping.get("order") or [f"{p.name}/{model}" for p in providers.values() for model in p.models]
    orders = order if isinstance(order, Mapping) else {"default": order}
    pure = {kind: _pure(kind, entry) for kind, entry in mapping.get("pure", {}).items()}
    return RouterSettings(
        providers=providers,
        order={kind: _order(kind, entries, providers) for kind, entries in orders.items()},
        deadlines=_numbers("deadlines", Deadlines, mapping.get("deadlines", {})),
        limits=_numbers("limits", TellingLimits, mapping.get("limits", {})),
        pure=pure,
        hedge=_hedge(mapping.get("hedge", {}), pure),
        breaker=_numbers("breaker", BreakerSettings, mapping.get("breaker", {})),
        redis=str(mapping.get("redis") or ""),
        workers=_workers(mapping.get("workers", 1)),
    )


def _pure(kind: str, entry: object) -> Pure:
    path = f"pure.{kind}"
    options: dict[str, Any] = dict(entry) if isinstance(entry, Mapping) else {"tenant": entry}
    if options.get("tenant") not in get_args(Tenant):
        raise SettingsError(f"{path}.tenant", "everyone_guild_or_session")
    try:
        pure = Pure(**options)
    except TypeError as error:
        raise SettingsError(path, "unknown_option") from error
    if not isinstance(pure.seconds, (int, float)) or not 0 <= pure.seconds <= MOST_KEPT:
        raise SettingsError(f"{path}.seconds", "0_to_a_year")
    if not isinstance(pure.variants, int) or not 1 <= pure.variants <= MOST_VARIANTS:
        raise SettingsError(f"{path}.variants", "1_to_8")
    return pure


def _hedge(values: object, pure: Mapping[str, Pure]) -> HedgeSettings:
    if values is False:
        return HedgeSettings(share=0.0)
    if not isinstance(values, Mapping):
        raise SettingsError("hedge", "mapping_or_false")
    off = values.get("off", ())
    if isinstance(off, str) or not isinstance(off, Sequence):
        raise SettingsError("hedge.off", "list")
    numbers = _numbers("hedge", HedgeSettings, {name: value for name, value in values.items() if name != "off"})
    # Whoever asks for a pure kind waits with others, or finds it in the cache.
    return replace(numbers, off=frozenset(map(str, off)) | {kind for kind, how in pure.items() if how.seconds})


def _workers(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingsError("workers", "positive_number")
    return value


def _provider(name: str, entry: Mapping[str, Any]) -> ProviderSettings:
    path = f"providers.{name}"
    _only(entry, PROVIDER_SETTINGS, f"{path}.")
    kind = entry.get("kind", name)
    if kind not in DEFAULT_URLS:
        raise SettingsError(f"{path}.kind", "unknown")
    models: dict[str, ModelSettings] = {}
    prices: dict[str, Price] = {}
    for model, options in _models(f"{path}.models", entry.get("models", ())).items():
        plain = {key: value for key, value in options.items() if key not in {"price", "limits"}}
        models[model] = _model(f"{path}.models.{model}", model, plain)
        prices[model] = _price(f"{path}.models.{model}.price", kind, model, options.get("price"))
    return ProviderSettings(
        name=name,
        kind=kind,
        base_url=str(entry.get("base_url") or DEFAULT_URLS[kind]),
        keys=tuple(_key(key) for key in entry.get("keys", ())) or _no_key(kind, path),
        models=models,
        prices=prices,
    )


def _models(path: str, models: object) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(models, Mapping):
        return models
    if isinstance(models, Sequence) and not isinstance(models, str):
        return {str(model): {} for model in models}
    raise SettingsError(path, "list_or_mapping")


def _model(path: str, name: str, options: Mapping[str, Any]) -> ModelSettings:
    if not _positive(options.get("weight", 1.0)):
        raise SettingsError(f"{path}.weight", "positive_number")
    try:
        return ModelSettings(name=name, **options)
    except TypeError as error:
        raise SettingsError(path, "unknown_option") from error


def _price(path: str, kind: str, model: str, given: object) -> Price:
    if given == "free":
        return Price(0, 0, 0)
    if isinstance(given, Mapping):
        try:
            return Price.per_million(given)
        except (KeyError, ValueError) as error:
            raise SettingsError(path, "input_and_output_needed") from error
    known = price_list().prices.get((kind, model))
    if known is None:
        raise SettingsError(path, "unknown")
    return known


def _key(key: Any) -> Key:
    scope, weight = "", 1.0
    if isinstance(key, Mapping):
        scope, weight = str(key.get("scope", "")), key.get("weight", 1.0)
        key = key["key"]
    if not _positive(weight):
        raise SettingsError("keys.weight", "positive_number")
    if hasattr(key, "get_secret_value"):
        key = key.get_secret_value()
    ref = fingerprint(str(key))
    return Key(str(key), ref, scope or ref, float(weight))


def _no_key(kind: str, path: str) -> tuple[Key, ...]:
    # A local server of the compatible kind often wants none.
    if kind != "openai":
        raise SettingsError(f"{path}.keys", "missing")
    return (Key("", "none", "none"),)


def _only(mapping: Mapping[str, Any], known: frozenset[str], path: str = "") -> None:
    for name in mapping:
        if name not in known:
            raise SettingsError(f"{path}{name}", "unknown")


def _order(
    kind: str, entries: Sequence[Any], providers: Mapping[str, ProviderSettings]
) -> tuple[tuple[Pair, ...], ...]:
    """Tiers of models; an entry is a name, a tier of its own, or a list of equals."""
    tiers = ((entry,) if isinstance(entry, str) else tuple(entry) for entry in entries)
    return tuple(tuple(_pair(kind, str(name), providers) for name in tier) for tier in tiers)


def _pair(kind: str, name: str, providers: Mapping[str, ProviderSettings]) -> Pair:
    provider, _, model = name.partition("/")
    if provider not in providers or model not in providers[provider].models:
        raise SettingsError(f"order.{kind}", f"unknown {name}")
    return provider, model


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _numbers(path: str, shape: type[T], values: Mapping[str, Any]) -> T:
    known = {entry.name for entry in fields(shape)}  # type: ignore[arg-type]
    for name, value in values.items():
        if name not in known:
            raise SettingsError(f"{path}.{name}", "unknown")
        if not _positive(value):
            raise SettingsError(f"{path}.{name}", "positive_number")
    return shape(**values)
