"""What one check found."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

LIMIT_SECONDS = 10.0
"""How long one check may take."""


@dataclass(frozen=True)
class Finding:
    """`state` of the thing `name`; `what` was seen, and `to_do` (empty when all is well). None shows a secret."""

    name: str
    state: Literal["ok", "warning", "failed"]
    what: str
    to_do: str = ""


def ok(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, "ok", what)


def warning(name: str, what: str, to_do: str) -> Finding:
    """It works, but not as it should."""
    return Finding(name, "warning", what, to_do)


def failed(name: str, what: str, to_do: str) -> Finding:
    """It does not work."""
    return Finding(name, "failed", what, to_do)


async def within(name: str, check: Awaitable[list[Finding]], to_do: str) -> list[Finding]:
    """The check's findings, or one failed finding when it raises or takes longer than `LIMIT_SECONDS`."""
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await check
    except TimeoutError:
        return [failed(name, f"no answer within {LIMIT_SECONDS:.0f} s", to_do)]
    except Exception as error:  # noqa: BLE001 - whatever a check raises is a finding
        return [failed(name, f"{type(error).__name__}: {str(error)[:200]}", to_do)]
