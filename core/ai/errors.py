"""How a call can fail. Errors carry codes and values; sentences for people are made elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime

    from core.ai.events import Usage

DETAIL_LIMIT = 300
SENTENCE = re.compile(r"[.!?…]+[\"”’»)*_]*(?=\s|$)")


class ProviderError(Exception):
    """A call failed.

    `detail` is the provider's own short text, bounded. It may repeat the question, so what an error says of itself,
    which ends in logs, is its first word alone: a status, or what was wrong. `usage` is what will be billed, where the
    provider told; without it, `billable` says whether it may bill something that we do not know. `sent`: whether the
    question reached the provider at all.
    """

    code: ClassVar[str] = "failed"

    def __init__(
        self, detail: str = "", *, billable: bool = False, usage: Usage | None = None, sent: bool = True
    ) -> None:
        super().__init__(self.code, _head(detail, 1))
        self.detail = detail[:DETAIL_LIMIT]
        self.billable = billable
        self.usage = usage
        self.sent = sent


class RateLimited(ProviderError):  # noqa: N818 - named as in the protocol
    """The key has to rest: until `until` (aware time), else for `retry_after` seconds, else as the router likes."""

    code = "rate_limited"

    def __init__(
        self,
        detail: str = "",
        *,
        until: datetime | None = None,
        retry_after: float | None = None,
        billable: bool = False,
    ) -> None:
        super().__init__(detail, billable=billable)
        self.until = until
        self.retry_after = retry_after


class KeyRejected(ProviderError):  # noqa: N818 - named as in the protocol
    """The key is wrong, revoked or out of credit; it stays out of use until the process starts again."""

    code = "key_rejected"


class Unavailable(ProviderError):  # noqa: N818 - named as in the protocol
    """Down, silent, broken off or overloaded; worth another try elsewhere or later."""

    code = "unavailable"


class Blocked(ProviderError):  # noqa: N818 - named as in the protocol
    """The provider refused the content; `detail` is its reason. Neither the key nor the provider is at fault."""

    code = "blocked"


class TooLong(ProviderError):  # noqa: N818 - named as in the protocol
    """The prompt does not fit this model."""

    code = "too_long"


class Malformed(ProviderError):  # noqa: N818 - named as in the protocol
    """The answer is not what the protocol says, is empty, or repeats what was shown."""

    code = "malformed"


class NoProvider(Exception):  # noqa: N818 - it is an outcome, told to the offline storyteller
    """Nobody can answer now.

    `reason`: no_route (none is set up), resting, budget, blocked, too_long, key_rejected, malformed (the
    question was refused), deadline, exhausted (tried and failed). `detail`: the last provider's code and
    text, of which the error says no more than the beginning of itself. `blocked`: when blocked, the provider's own
    reason, untouched. `until`: when resting, the unix time at which the first key is free again. `shown`: words of this
    stream that were handed on before it broke.
    """

    def __init__(
        self, reason: str, *, detail: str = "", until: float | None = None, shown: str = "", blocked: str = ""
    ) -> None:
        super().__init__(reason, _head(detail, 3))
        self.reason = reason
        self.detail = detail[:DETAIL_LIMIT]
        self.until = until
        self.shown = shown
        self.blocked = blocked

    @property
    def sentences(self) -> str:
        """What was shown, up to the end of its last whole sentence."""
        ends = [match.end() for match in SENTENCE.finditer(self.shown)]
        return self.shown[: ends[-1]] if ends else ""


def _head(detail: str, words: int) -> str:
    return " ".join(detail[:DETAIL_LIMIT].split()[:words])
