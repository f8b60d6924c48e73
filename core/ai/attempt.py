"""One call to one provider: deadlines, the seam to the words before it, the ledger row, the reservation."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ai.continuation import Seam, WordGate
from core.ai.errors import Malformed, ProviderError, Unavailable
from core.ai.events import Call, Event, Finished, Metered, Text, Usage
from core.ai.opening import Opening
from core.ai.watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.ai.events import ProviderEvent
    from core.ai.health import Health
    from core.ai.ledger import Attempt, Ledger
    from core.ai.limits import Lease, Limits
    from core.ai.observer import Observer
    from core.ai.prompt import Prompt
    from core.ai.routes import Route

SENTENCE_ENDS = (".", "!", "?", "…", "”", '"', "'", "»", ")")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: until the first visible word, between two pieces, and for all attempts of a telling together."""

    first_word: float = 6.0
    between_words: float = 8.0
    whole: float = 40.0


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt that is over. `outcome` is ok, cancelled or a ProviderError's code; `first_word` in seconds.

    `exact`: whether `micro_usd` is what the provider bills, and not the most that it can.
    """

    provider: str
    model: str
    outcome: str
    seconds: float
    first_word: float | None
    usage: Usage | None
    micro_usd: int
    exact: bool


@dataclass(slots=True)
class Going:
    """An attempt that has been chosen and reserved.

    `probe`: it is the one call that tries an open circuit. `joins`: it goes on after words of a stream that broke.
    """

    route: Route
    prompt: Prompt
    attempt: Attempt
    lease: Lease
    probe: bool = False
    joins: bool = False
    row_id: int = 0
    started: float = 0.0
    first_word: float | None = None
    usage: Usage | None = None
    final: bool = False
    closed: bool = False
    words: int = 0
    calls: int = 0
    tried: Tried | None = None
    error: ProviderError | None = None

    def verdict(self, error: ProviderError | None) -> tuple[Usage | None, bool]:
        """Usage to write down, and whether it is what the provider will bill."""
        if self.final:
            return self.usage, True
        if error is not None and error.usage is not None:
            return error.usage, True
        if error is not None and not error.billable:
            return Usage(), True
        return self.usage, False

    def bound(self) -> int:
        """Most that a cut call can cost: the input as far as known, the output up to its limit."""
        known = self.usage.input if self.usage is not None and self.usage.input else self.attempt.input_bound
        return self.route.price.bound(known, self.attempt.output_bound)


@dataclass(slots=True)
class Books:
    """Where an attempt is recorded. `closing` holds work that outlives a cancelled caller."""

    ledger: Ledger
    observer: Observer
    health: Health
    limits: Limits
    closing: set[asyncio.Future[None]] = field(default_factory=set)

    async def open(self, going: Going) -> None:
        """Write the row; gives the reservation back when that fails."""
        try:
            going.row_id = await self.ledger.open(going.attempt)
        except BaseException:
            self.health.started(going.route)
            self.health.abandoned(going.route, probe=going.probe)
            self.later(self.limits.refund(going.lease))
            raise
        going.started = asyncio.get_running_loop().time()
        self.health.started(going.route)
        self.observer.attempt_started(going.attempt)

    async def close(self, going: Going, error: ProviderError | None, outcome: str) -> None:
        """Close a row even when the caller is cancelled meanwhile. Twice is once."""
        if going.closed:
            return
        going.closed = True
        usage, exact = going.verdict(error)
        seconds = asyncio.get_running_loop().time() - going.started
        cost = going.route.price.cost(usage or Usage()) if exact else going.bound()
        route = going.route
        going.tried = Tried(
            route.provider_name, route.model.name, outcome, seconds, going.first_word, usage, cost, exact
        )
        await asyncio.shield(self.later(self._write(going, going.tried, sent=error is None or error.sent)))

    async def _write(self, going: Going, tried: Tried, *, sent: bool) -> None:
        if tried.exact:
            await self.ledger.settle(going.row_id, tried.usage or Usage(), tried.micro_usd, tried.outcome)
        else:
            await self.ledger.estimate(going.row_id, tried.usage, tried.micro_usd, tried.outcome)
        if sent:
            await self.limits.settle(going.lease, tried.usage if tried.exact else None, tried.micro_usd)
        else:
            await self.limits.refund(going.lease)
        self.observer.attempt_finished(going.attempt, tried.outcome, tried.seconds, tried.usage, tried.micro_usd)

    def later(self, work: object) -> asyncio.Future[None]:
        """Run a coroutine to its end, whoever is cancelled meanwhile."""
        task: asyncio.Future[None] = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)
        return task


async def run(going: Going, books: Books, *, deadlines: Deadlines, ends_at: float) -> AsyncGenerator[Event, None]:
    """Yield what one provider answers, in whole words that follow on what was told; the last event is Finished.

    Raises ProviderError once the row is closed. Closing the generator closes the socket; the row is then
    closed as an estimate. `ends_at` is in loop time.
    """
    await books.open(going)
    failure: ProviderError | None = None
    outcome = "cancelled"
    told = going.prompt.told
    watch, words = Watch(), _Words(told, going.prompt.locale, joins=going.joins)
    try:
        async with aclosing(going.route.provider.stream(going.route.model.name, going.prompt)) as events:
            while True:
                event = await _next(events, going, watch, deadlines, ends_at)
                if isinstance(event, Metered):
                    going.usage = event.usage
                    continue
                if isinstance(event, (Text, Call)):
                    if not (going.words or going.calls):
                        _first_word(going, books)
                    going.words += isinstance(event, Text)
                if text := words.take(event):
                    yield Text(text)
                if isinstance(event, Call):
                    going.calls += 1
                    yield event
                if isinstance(event, Finished):
                    going.usage, going.final = event.usage or going.usage, event.usage is not None
                    _refuse_empty(going, told)
                    outcome = "ok"
                    await books.close(going, None, outcome)
                    yield event
                    return
    except ProviderError as error:
        going.error = failure = error
        outcome = error.code
        raise
    finally:
        watch.close()
        _learn(going, books.health, failure, outcome, deadlines)
        await books.close(going, failure, outcome)


async def _next(
    events: AsyncGenerator[ProviderEvent, None], going: Going, watch: Watch, deadlines: Deadlines, ends_at: float
) -> ProviderEvent:
    """Return the next event in time. Raises Unavailable with the deadline's name, or "truncated" at the end."""
    begun = going.words or going.calls
    now = asyncio.get_running_loop().time()
    limit = now + deadlines.between_words if begun else going.started + deadlines.first_word
    try:
        return await watch.wait(anext(events), min(limit, ends_at))
    except StopAsyncIteration:
        raise Unavailable("truncated", billable=True) from None
    except TimeoutError as error:
        which = "whole" if ends_at <= limit else "between_words" if begun else "first_word"
        raise Unavailable(f"deadline_{which}", billable=True) from error


def _learn(going: Going, health: Health, failure: ProviderError | None, outcome: str, deadlines: Deadlines) -> None:
    late = failure is not None and failure.detail == "deadline_whole"
    if late and asyncio.get_running_loop().time() - going.started < deadlines.first_word:
        outcome = "cancelled"  # It was asked when the telling's time was nearly over: no verdict.
    if outcome == "cancelled":
        health.abandoned(going.route, probe=going.probe)
    else:
        health.finished(going.route, failure, probe=going.probe)


def _first_word(going: Going, books: Books) -> None:
    going.first_word = asyncio.get_running_loop().time() - going.started
    books.health.first_word(going.route, going.first_word)
    books.observer.first_word(going.attempt, going.first_word)


class _Words:
    """Text on its way out: in whole words, joined to what was told, the opening of a continuation judged first."""

    def __init__(self, told: str, locale: str, *, joins: bool) -> None:
        self._gate, self._seam = WordGate(), Seam(told)
        self._opening = Opening(told if joins else "", locale)

    def take(self, event: Text | Call | Finished) -> str:
        """Words that may be shown now; before anything else than text, all that are left."""
        if isinstance(event, Text):
            return self._opening.feed(self._seam.feed(self._gate.feed(event.text)))
        rest = self._seam.feed(self._gate.finish()) + self._seam.finish()
        return self._opening.feed(rest) + self._opening.finish()


def _refuse_empty(going: Going, told: str) -> None:
    if going.words or going.calls or told.rstrip().endswith(SENTENCE_ENDS):
        return
    raise Malformed("empty", billable=True, usage=going.usage if going.final else None)
