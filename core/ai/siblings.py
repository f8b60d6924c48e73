"""What one process learns about keys and quotas that the others should know at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ai.routes import QuotaName


class News(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing learnt. `until` is in unix seconds; for a dead key, `scope` is its fingerprint and `model` empty."""

    kind: Literal["rests", "open", "closed", "dead"]
    provider: str
    scope: str
    model: str = ""
    until: float = 0.0
    times: int = 0


class Siblings(Protocol):
    """The other processes. Nothing here raises or waits longer than 50 ms: without them each knows only its own."""

    async def start(self, hear: Callable[[News], None]) -> None:
        """Tell `hear` what is known, and from now on what the others learn."""
        ...

    def tell(self, news: News) -> None:
        """Tell the others, without waiting."""
        ...

    async def claim(self, quota: QuotaName, seconds: float) -> bool:
        """Whether this process may make the one probe of an open circuit; False while another's runs."""
        ...

    def release(self, quota: QuotaName) -> None:
        """Give the probe up."""
        ...

    async def aclose(self) -> None:
        """Stop listening."""
        ...


class Alone:
    """No other process."""

    async def start(self, hear: Callable[[News], None]) -> None:
        """See Siblings."""

    def tell(self, news: News) -> None:
        """See Siblings."""

    async def claim(self, quota: QuotaName, seconds: float) -> bool:  # noqa: ARG002
        """See Siblings."""
        return True

    def release(self, quota: QuotaName) -> None:
        """See Siblings."""

    async def aclose(self) -> None:
        """See Siblings."""
