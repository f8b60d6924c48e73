"""When to come back, as each provider says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.ai.retry_hints import duration, from_headers, pacific_midnight


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45.837906927s", 45.837906927),
        ("1m30s", 90),
        ("12ms", 0.012),
        ("6m0s", 360),
        ("2h", 7_200),
        ("1s", 1),
        ("", None),
        ("soon", None),
        ("-3s", None),
        ("9" * 50 + "s", None),
        ("999999999h", 86_400),
    ],
)
def test_durations_are_read_and_bounded(text: str, seconds: float | None) -> None:
    assert duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-4"}, 0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "later"}, None),
        ({"Retry-After": "99999999"}, 86_400),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"}, 2),
        ({"x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "2s"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m0s"}, 60),
        ({}, None),
    ],
)
def test_headers_are_read_as_they_are_meant(headers: dict[str, str], seconds: float | None) -> None:
    assert from_headers(headers) == seconds


def test_a_date_counts_from_now() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert from_headers({"Retry-After": date}) == pytest.approx(89, abs=2)


def test_mistrals_minute_ends_with_the_minute() -> None:
    seconds = from_headers({"x-ratelimit-remaining-tokens-minute": "0"})
    assert seconds is not None
    assert 0 < seconds <= 60


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-24T15:00:00", "2026-11-25T08:00:00"),
        ("2026-11-25T07:59:59", "2026-11-25T08:00:00"),
        ("2026-07-01T12:00:00", "2026-07-02T07:00:00"),
        ("2026-11-01T07:30:00", "2026-11-02T08:00:00"),  # the night the clocks go back
        ("2026-03-08T09:00:00", "2026-03-09T07:00:00"),  # the night they go forward
    ],
)
def test_midnight_in_california_knows_its_summer_time(now: str, midnight: str) -> None:
    here = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert pacific_midnight(here) == datetime.fromisoformat(midnight).replace(tzinfo=UTC)
