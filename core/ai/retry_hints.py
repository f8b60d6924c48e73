"""What providers say about when to come back, read as each of them means it."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 86_400.0
PACIFIC = ZoneInfo("America/Los_Angeles")
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


def from_headers(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by HTTP headers, None when they do not say.

    `Retry-After` counts first (seconds or a date); else the reset of a minute or request bucket that stands
    at zero: OpenAI's `x-ratelimit-reset-*` ("1m30s", "12ms") or Mistral's `x-ratelimit-*-minute` (the minute's end).
    """
    value = headers.get("Retry-After")
    if value is not None:
        seconds = _seconds_or_date(value)
        if seconds is not None:
            return seconds
    for name in ("requests", "tokens"):
        reset = duration(headers.get(f"x-ratelimit-reset-{name}", ""))
        if reset is not None and headers.get(f"x-ratelimit-remaining-{name}") == "0":
            return reset
    for name in ("req", "tokens"):
        if headers.get(f"x-ratelimit-remaining-{name}-minute") == "0":
            return 60.0 - datetime.now(UTC).second
    return None


def duration(text: str) -> float | None:
    """Seconds of "45.837906927s", "1m30s" or "12ms"; None for anything else."""
    match = DURATION.fullmatch(text) if text and len(text) < 40 else None
    if match is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return _bounded(hours * 3600 + minutes * 60 + seconds + milliseconds / 1000)


def pacific_midnight(now: datetime) -> datetime:
    """The next midnight in California, when Gemini's daily quotas start again, as aware UTC."""
    local = now.astimezone(PACIFIC)
    return datetime.combine(local.date() + timedelta(days=1), time(), PACIFIC).astimezone(UTC)


def _seconds_or_date(value: str) -> float | None:
    try:
        return _bounded(float(value))
    except ValueError:
        pass
    try:
        return _bounded((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _bounded(seconds: float) -> float | None:
    return max(0.0, min(seconds, LONGEST)) if math.isfinite(seconds) else None
