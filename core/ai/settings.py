"""The router's settings out of a plain mapping, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from core.ai.attempt import Deadlines
from core.ai.money import Price, price_list
from core.ai.provider import ModelSettings
from core.ai.routes import fingerprint

DEFAULT_URLS = {
    "gemini": "https://generativelanguage.googleapis.com",
    "mistral": "https://api.mistral.ai",
    "openai": "https://api.openai.com/v1",
}
Sharing = Literal["guild", "everyone"]
T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is wrong: `path` says which ("providers.mistral.kind"), `code` what is the matter."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A provider key; `ref` names it in ledgers and logs, `scope` the quota it draws on."""

    secret: str = field(repr=False)
    ref: str
    scope: str


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
class Limits:
    """Bounds of one telling: calls in all, seconds to wait for a resting key, bytes of a prompt."""

    attempts: int = 6
    longest_wait: float = 2.0
    prompt_bytes: int = 400_000


@dataclass(frozen=True, slots=True)
class RouterSettings:
    """All that the router needs to know.

    `order`: (provider, model) by prompt kind, "default" for the others. `pure`: the kinds whose answers are a
    function of their prompt, and who may share one.
    """

    providers: Mapping[str, ProviderSettings]
    order: Mapping[str, tuple[tuple[str, str], ...]]
    deadlines: Deadlines = field(default_factory=Deadlines)
    limits: Limits = field(default_factory=Limits)
    pure: Mapping[str, Sharing] = field(default_factory=dict)


def read(mapping: Mapping[str, Any]) -> RouterSettings:
    """Check a plain mapping (see docs/ai-core.md). Raises SettingsError."""
    providers = {name: _provider(name, entry) for name, entry in mapping.get("providers", {}).items()}
    order = mapping.get("order") or [f"{p.name}/{model}" for p in providers.values() for model in p.models]
    orders = order if isinstance(order, Mapping) else {"default": order}
    pure = dict(mapping.get("pure", {}))
    if not set(pure.values()) <= {"guild", "everyone"}:
        raise SettingsError("pure", "guild_or_everyone")
    return RouterSettings(
        providers=providers,
        order={kind: _order(kind, entries, providers) for kind, entries in orders.items()},
        deadlines=_numbers("deadlines", Deadlines, mapping.get("deadlines", {})),
        limits=_numbers("limits", Limits, mapping.get("limits", {})),
        pure=pure,
    )


def _provider(name: str, entry: Mapping[str, Any]) -> ProviderSettings:
    path = f"providers.{name}"
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
        keys=tuple(_key(key) for key in entry.get("keys", ())) or _no_key(kind),
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
    scope = ""
    if isinstance(key, Mapping):
        key, scope = key["key"], str(key.get("scope", ""))
    if hasattr(key, "get_secret_value"):
        key = key.get_secret_value()
    ref = fingerprint(str(key))
    return Key(str(key), ref, scope or ref)


def _no_key(kind: str) -> tuple[Key, ...]:
    # A local server of the compatible kind often wants none.
    return (Key("", "none", "none"),) if kind == "openai" else ()


def _order(kind: str, entries: Sequence[str], providers: Mapping[str, ProviderSettings]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for entry in entries:
        provider, _, model = entry.partition("/")
        if provider not in providers or model not in providers[provider].models:
            raise SettingsError(f"order.{kind}", f"unknown {entry}")
        pairs.append((provider, model))
    return tuple(pairs)


def _numbers(path: str, shape: type[T], values: Mapping[str, Any]) -> T:
    known = {entry.name for entry in fields(shape)}  # type: ignore[arg-type]
    for name, value in values.items():
        if name not in known:
            raise SettingsError(f"{path}.{name}", "unknown")
        if not isinstance(value, (int, float)) or value <= 0:
            raise SettingsError(f"{path}.{name}", "positive_number")
    return shape(**values)
