"""One call to one provider: deadlines, the seam to the words before it, the ledger row."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ai.continuation import Seam, WordGate
from core.ai.errors import Malformed, ProviderError, Unavailable
from core.ai.events import Call, Event, Finished, Metered, Text, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from core.ai.events import ProviderEvent
    from core.ai.ledger import Attempt, Ledger
    from core.ai.observer import Observer
    from core.ai.prompt import Prompt
    from core.ai.routes import Health, Route

SENTENCE_ENDS = ".!?…”\"'»)"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: until the first visible word, between two pieces, and for all attempts of a telling together."""

    first_word: float = 6.0
    between_words: float = 8.0
    whole: float = 40.0


@dataclass(slots=True)
class Books:
    """Where an attempt is recorded. `closing` holds ledger writes that outlive a cancelled caller."""

    ledger: Ledger
    observer: Observer
    health: Health
    closing: set[asyncio.Future[None]] = field(default_factory=set)

    async def close(self, row: _Row, error: ProviderError | None, outcome: str) -> None:
        """Close a row even when the caller is cancelled meanwhile. Twice is once."""
        if row.closed:
            return
        row.closed = True
        task = asyncio.ensure_future(self._write(row, error, outcome))
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)
        await asyncio.shield(task)

    async def _write(self, row: _Row, error: ProviderError | None, outcome: str) -> None:
        usage, exact = row.verdict(error)
        seconds = asyncio.get_running_loop().time() - row.started
        if exact:
            micro_usd = row.route.price.cost(usage or Usage())
            await self.ledger.settle(row.id, usage or Usage(), micro_usd, outcome)
        else:
            micro_usd = row.bound()
            await self.ledger.estimate(row.id, usage, micro_usd, outcome)
        self.observer.attempt_finished(row.attempt, outcome, seconds, usage, micro_usd)


@dataclass(slots=True)
class _Row:
    id: int
    attempt: Attempt
    route: Route
    started: float
    usage: Usage | None = None
    final: bool = False
    closed: bool = False
    words: int = 0
    calls: int = 0

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


async def run(
    route: Route, prompt: Prompt, attempt: Attempt, books: Books, *, deadlines: Deadlines, ends_at: float
) -> AsyncGenerator[Event, None]:
    """Yield what one provider answers, in whole words that follow on what was told; the last event is Finished.

    Raises ProviderError once the row is closed. Closing the generator closes the socket; the row is then
    closed as an estimate. `ends_at` is in loop time.
    """
    row = _Row(await books.ledger.open(attempt), attempt, route, asyncio.get_running_loop().time())
    books.health.started(route)
    books.observer.attempt_started(attempt)
    failure: ProviderError | None = None
    outcome = "cancelled"
    try:
        async with aclosing(_answer(row, prompt, books, deadlines, ends_at)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    outcome = "ok"
                    await books.close(row, None, outcome)
                yield event
    except ProviderError as error:
        failure, outcome = error, error.code
        raise
    finally:
        if outcome == "cancelled":
            books.health.abandoned(route)
        else:
            books.health.finished(route, failure)
        await books.close(row, failure, outcome)


async def _answer(
    row: _Row, prompt: Prompt, books: Books, deadlines: Deadlines, ends_at: float
) -> AsyncGenerator[Event, None]:
    told = prompt.told
    gate, seam = WordGate(), Seam(told)
    async with aclosing(row.route.provider.stream(row.route.model.name, prompt)) as events:
        async for event in _timed(events, row, deadlines, ends_at):
            if isinstance(event, Metered):
                row.usage = event.usage
                continue
            if isinstance(event, (Text, Call)) and not row.words + row.calls:
                books.observer.first_word(row.attempt, asyncio.get_running_loop().time() - row.started)
            for out in _joined(event, gate, seam, row):
                yield out
            if isinstance(event, Finished):
                row.usage, row.final = event.usage or row.usage, event.usage is not None
                _refuse_empty(row, told)
                yield event
                return
    raise Unavailable("truncated", billable=True)


async def _timed(
    events: AsyncGenerator[ProviderEvent, None], row: _Row, deadlines: Deadlines, ends_at: float
) -> AsyncGenerator[ProviderEvent, None]:
    loop = asyncio.get_running_loop()
    while True:
        begun = bool(row.words + row.calls)
        limit = loop.time() + deadlines.between_words if begun else row.started + deadlines.first_word
        try:
            async with asyncio.timeout_at(min(limit, ends_at)):
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            which = "whole" if ends_at <= limit else "between_words" if begun else "first_word"
            raise Unavailable(f"deadline_{which}", billable=True) from error
        yield event


def _joined(event: ProviderEvent, gate: WordGate, seam: Seam, row: _Row) -> Iterator[Event]:
    if isinstance(event, Text):
        row.words += len(event.text)
        text = seam.feed(gate.feed(event.text))
    else:
        text = seam.feed(gate.finish()) + seam.finish()
    if text:
        yield Text(text)
    if isinstance(event, Call):
        row.calls += 1
        yield event


def _refuse_empty(row: _Row, told: str) -> None:
    if row.words or row.calls or told.rstrip().endswith(tuple(SENTENCE_ENDS)):
        return
    raise Malformed("empty", billable=True, usage=row.usage if row.final else None)
