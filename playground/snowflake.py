"""Snowflake ids: 42 bits of milliseconds since 2015, 22 bits of counter."""

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Gives strictly growing ids; as strings, the way Discord's JSON carries them."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> str:
        """Return an id that is greater than every id given before."""
        now = (int(time.time() * 1000) - EPOCH_MS) << 22
        self.last = max(self.last + 1, now)
        return str(self.last)


def created_ms(snowflake: str) -> int:
    """Return the Unix milliseconds at which the id was made."""
    return (int(snowflake) >> 22) + EPOCH_MS


def now_iso() -> str:
    """Return the present as Discord writes timestamps (ISO 8601, UTC, microseconds)."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def is_snowflake(value: object) -> bool:
    """Tell whether a value from outside is an id: 1 to 20 digits."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20
