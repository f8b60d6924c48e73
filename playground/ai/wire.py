"""What the three wire formats have in common: a question, an answer, and the pieces it is sent in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from aiohttp import web

    from playground.ai.answers import Answer
    from playground.ai.bill import Tokens
    from playground.ai.faults import Fault


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, read out of any of the formats.

    `texts`: everything that counts as input, in order. `user`: the last words of a user. `prefix`: words that
    the answer is to go on after. `turns`: number of messages. `max_output`: tokens, thoughts included.
    """

    provider: str
    key: str
    model: str
    stream: bool
    texts: tuple[str, ...]
    user: str
    prefix: str
    echoes: bool
    turns: int
    max_output: int
    thinks: bool
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One server-sent event; `words` says whether a person would see something of it."""

    data: bytes
    words: bool = False


class BadRequest(Exception):  # noqa: N818 - named as the wire names it
    """The body is not what the format says; `message` is shown to the client."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Wire(Protocol):
    """One provider's format."""

    name: str
    done: bytes

    def key(self, request: web.Request) -> str:
        """Return the key that came with a request, or an empty string."""
        ...

    def read(self, request: web.Request, body: dict[str, Any]) -> Ask:
        """Read the question. Raises BadRequest."""
        ...

    def error(self, kind: str, fault: Fault | None = None, message: str = "") -> web.Response:
        """Answer an error of `kind` as this provider does (see faults.KINDS, and "not_found", "bad_request")."""
        ...

    def whole(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> dict[str, Any]:
        """Return the body of an answer that is not streamed; without figures where `tokens` is None."""
        ...

    def chunks(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> list[Chunk]:
        """Return the events of a streamed answer, in order, without the end mark."""
        ...

    def fault_chunk(self, kind: str, ask: Ask, tokens: Tokens) -> bytes:
        """Return the event that a fault of `kind` inside a stream sends."""
        ...

    def models(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the list of models."""
        ...
