"""Ways to an answer: (provider, model, key)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.ai.money import Price
    from core.ai.provider import ModelSettings, Provider

QuotaName = tuple[str, str, str]


def fingerprint(secret: str) -> str:
    """A short name for a key that tells nothing about it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One provider under one key, asked for one model.

    `scope` names the quota that the key draws on. `tier`: 0 is asked first, routes of one tier are equals, among
    which `weight` counts.
    """

    provider_name: str
    provider: Provider
    model: ModelSettings
    price: Price
    key_ref: str
    scope: str
    tier: int = 0
    weight: float = 1.0
    quota: QuotaName = field(init=False)
    name: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """`quota`: what a rate limit holds for, shared by the keys of one scope. `name`: provider and model."""
        object.__setattr__(self, "quota", (self.provider_name, self.scope, self.model.name))
        object.__setattr__(self, "name", (self.provider_name, self.model.name))
