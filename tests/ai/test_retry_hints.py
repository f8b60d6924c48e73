"""When to come back, as each provider says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.ai.retry_hints import Hint, duration, from_chat, from_google, from_headers, pacific_midnight


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


NOW = datetime(2026, 11, 24, 15, 0, 40, tzinfo=UTC)
RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22.5s"}


def violation(*ids: str) -> dict[str, object]:
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": one} for one in ids]}


@pytest.mark.parametrize(
    ("details", "hint"),
    [
        ([RETRY_INFO], Hint(22.5)),
        ([violation("GenerateRequestsPerMinutePerProjectPerModel"), RETRY_INFO], Hint(22.5)),
        (
            [violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), RETRY_INFO],
            Hint(22.5, datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ),
        (
            [violation("RequestsPerDay"), violation("RequestsPerMinute")],
            Hint(None, datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ),
        ([{"@type": "other"}, {}], Hint()),
    ],
)
def test_googles_daily_quota_outlasts_its_delay(details: list[dict[str, object]], hint: Hint) -> None:
    assert from_google(details, NOW) == hint


@pytest.mark.parametrize(
    ("headers", "text", "hint"),
    [
        ({"Retry-After": "7"}, "429 rate_limit_exceeded", Hint(7.0)),
        ({}, "429 Rate limit reached for gpt. Please try again in 1.2s. Visit", Hint(1.2)),
        ({}, "429 Please try again in 7m12s.", Hint(432.0)),
        ({}, "429 Please try again in 20ms.", Hint(0.02)),
        ({}, "429 Please retry after 3 seconds.", Hint(3.0)),
        ({}, "429 insufficient_quota You exceeded your current quota", Hint(spent=True)),
        ({"Retry-After": "7"}, "429 insufficient_quota billing", Hint(spent=True)),
        ({}, "429 1300 rate_limited Requests rate limit exceeded", Hint(1.0)),
        ({}, "429 1300 rate_limited Tokens rate limit exceeded", Hint(20.0)),
        ({}, "429 Monthly token limit exceeded 1300", Hint(until=datetime(2026, 12, 1, tzinfo=UTC))),
        ({}, "429 Rate limit exceeded: free-models-per-day", Hint(until=datetime(2026, 11, 25, tzinfo=UTC))),
        ({}, "429 3505 Service tier capacity exceeded for this model.", Hint()),
        ({}, "429 busy", Hint()),
    ],
)
def test_a_429_is_read_as_its_provider_means_it(headers: dict[str, str], text: str, hint: Hint) -> None:
    assert from_chat(headers, text, NOW) == hint


def test_openrouter_tells_its_reset_in_milliseconds() -> None:
    reset = round((datetime.now(UTC).timestamp() + 30) * 1000)
    hint = from_chat({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}, "429", NOW)
    assert hint.retry_after == pytest.approx(30, abs=1)
