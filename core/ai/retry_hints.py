"""What providers say about when to come back, read as each of them means it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 86_400.0
PACIFIC = ZoneInfo("America/Los_Angeles")
TRY_AGAIN = re.compile(
    r"(?:try again|retry) (?:in|after) (\d[\d.hms]{0,20}) ?(millisecond|second|minute|hour)?", re.IGNORECASE
)
UNITS = {"millisecond": "ms", "second": "s", "minute": "m", "hour": "h"}
A_DAY = re.compile(r"per[ -]day\b|\bdaily\b|\b[RT]PD\b", re.IGNORECASE)
A_MONTH = re.compile(r"per[ -]month\b|\bmonthly\b", re.IGNORECASE)
OUT_OF_CREDIT = re.compile(r"insufficient_quota|billing_hard_limit|\bbilling_not_active\b")
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


@dataclass(frozen=True, slots=True)
class Hint:
    """When a 429 is over: `until` for a day or a month, else `retry_after` seconds, else unknown.

    `spent`: by no waiting, the key is out of credit.
    """

    retry_after: float | None = None
    until: datetime | None = None
    spent: bool = False


def from_google(details: Sequence[Mapping[str, Any]], now: datetime) -> Hint:
    """Read the `details` of a Google error.

    A daily quota comes with a `retryDelay` of seconds all the same; it is not free before midnight in California.
    """
    retry_after: float | None = None
    daily = False
    for entry in details:
        kind = str(entry.get("@type", ""))
        if kind.endswith("RetryInfo"):
            retry_after = duration(str(entry.get("retryDelay", "")))
        elif kind.endswith("QuotaFailure"):
            violations = entry.get("violations") or ()
            daily = daily or any("PerDay" in str(violation.get("quotaId", "")) for violation in violations)
    return Hint(retry_after, pacific_midnight(now) if daily else None)


def from_chat(headers: Mapping[str, str], text: str, now: datetime) -> Hint:
    """Read a 429 of a chat-completions endpoint: its headers, and `text`, the code, type and message of its body.

    Mistral's code 1300 without a word on minutes is its limit of requests a second.
    """
    if OUT_OF_CREDIT.search(text):
        return Hint(spent=True)
    if A_MONTH.search(text):
        month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)
        return Hint(until=month.replace(day=1))
    said = from_headers(headers)
    said = _from_text(text) if said is None else said
    if said is None and A_DAY.search(text):
        tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
        return Hint(until=datetime.combine(tomorrow, time(), UTC))
    if said is None and "1300" in text.split():
        said = 60.0 - now.second if "token" in text.lower() else 1.0
    return Hint(said)


def _from_text(text: str) -> float | None:
    match = TRY_AGAIN.search(text)
    return duration(match[1].rstrip(".") + UNITS.get((match[2] or "").lower(), "")) if match else None


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
    at = headers.get("X-RateLimit-Reset", "")
    if headers.get("X-RateLimit-Remaining") == "0" and at.isdecimal():
        # OpenRouter's: a unix time in milliseconds.
        return _bounded(int(at[:16]) / 1000 - datetime.now(UTC).timestamp())
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
