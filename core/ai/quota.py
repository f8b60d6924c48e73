"""What a provider lets one scope use of one model, as buckets that refill and a count that starts again at midnight."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.ai.events import Usage
    from core.ai.limits import Need, What

MINUTE = 60.0
LONGEST_WINDOW = 31 * 86_400
ZONES = {"gemini": "America/Los_Angeles"}
"""Where a provider's day begins, by its kind; UTC for the others."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a call takes from one bucket of at most `cap`, which refills by `rate` a second."""

    what: What
    amount: float
    cap: float
    rate: float


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits of one scope for one model; None is no limit.

    `rpm`: requests a minute. `input_tpm`, `tpm`: input or all tokens a minute. `rpd`: requests between two midnights
    of `zone`. `usd`: dollars in `usd_window_seconds`.
    """

    rpm: float | None = None
    input_tpm: float | None = None
    tpm: float | None = None
    rpd: float | None = None
    usd: float | None = None
    usd_window_seconds: float = 600.0
    zone: str = "UTC"

    @classmethod
    def read(cls, values: Mapping[str, object], kind: str = "") -> Self:
        """From plain settings; `kind` of provider sets the zone. Raises ValueError with the wrong name."""
        known = {entry.name for entry in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(name)
            number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
            if not (number or (name == "zone" and isinstance(value, str) and _is_zone(value))):
                raise ValueError(name)
        if float(str(values.get("usd_window_seconds", 0))) > LONGEST_WINDOW:
            raise ValueError("usd_window_seconds")
        return cls(**({"zone": ZONES.get(kind, "UTC")} | dict(values)))  # type: ignore[arg-type]

    def draws(self, need: Need) -> list[Draw]:
        """What `need` takes from the buckets. More tokens than a bucket holds wait until it is full, and then go."""
        total = need.input_tokens + need.output_tokens
        found: list[Draw] = []
        if self.rpm is not None:
            found.append(Draw("requests", 1, max(self.rpm, 1), self.rpm / MINUTE))
        if self.input_tpm is not None:
            amount = min(need.input_tokens, self.input_tpm)
            found.append(Draw("input_tokens", amount, self.input_tpm, self.input_tpm / MINUTE))
        if self.tpm is not None:
            found.append(Draw("total_tokens", min(total, self.tpm), self.tpm, self.tpm / MINUTE))
        if self.usd is not None:
            cap = self.usd * 1_000_000
            found.append(Draw("scope_money", need.micro_usd, cap, cap / self.usd_window_seconds))
        return found

    def day_ends(self, now: float) -> float:
        """Unix time of the next midnight, when `rpd` starts again."""
        return next_midnight(now, self.zone)

    def divided(self, workers: int) -> Quota:
        """The part of one of several workers that cannot speak to each other."""
        parts = {
            name: getattr(self, name) and getattr(self, name) / workers
            for name in ("rpm", "input_tpm", "tpm", "rpd", "usd")
        }
        return Quota(**parts, usd_window_seconds=self.usd_window_seconds, zone=self.zone)


def used(usage: Usage | None, micro_usd: int) -> dict[str, float]:
    """What a finished call really took, by bucket; what is not named stays as it was taken."""
    found: dict[str, float] = {"scope_money": micro_usd}
    if usage is not None:
        found["input_tokens"] = usage.input
        found["total_tokens"] = usage.input + usage.output + usage.thinking
    return found


def next_midnight(now: float, zone: str) -> float:
    """Unix time at which the day after `now`'s begins in `zone`."""
    at = _midnight(int(now // MINUTE), zone)
    return at if at > now else _midnight(int(now // MINUTE) + 1, zone)


@lru_cache(maxsize=256)
def _midnight(minute: int, zone: str) -> float:
    place = ZoneInfo(zone)
    local = datetime.fromtimestamp(minute * MINUTE, UTC).astimezone(place)
    return datetime.combine(local.date() + timedelta(days=1), time(), place).timestamp()


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
