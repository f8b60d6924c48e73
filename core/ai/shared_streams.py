"""Answers in flight over Redis: one process leads and writes its words to a stream, others follow from the beginning.

    lead   "FLIGHT:FENCE", expires 3 s after the leader last renewed it
    words  the events of FLIGHT in batches, the end or the error last; only the holder of the fence may write
    heard  set while somebody follows FLIGHT

A leader that falls silent loses the fence; the first follower to notice takes it and goes on behind the words heard.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.ai.errors import NoProvider
from core.ai.events import Call, Event, Finished, Text, Usage
from core.ai.stream_wire import Broken, decoded, encoded

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.ai.coalescing import Ask

PATIENCE = 0.05
AWAY = 1.0
SILENT = 3.0
RENEWED = 1.0
GATHERED = 0.03
FOLLOWED = 4.0
KEPT_AFTER_END = 30
LONGEST = 180.0
MOST_BYTES = 256 * 1024
BATCHES = 100
FAILURES = (RedisError, OSError, TimeoutError)

# KEYS lead, words; ARGV lead's value, ms of the lead, batch ("" renews only), seconds of the words, "1" at the end
WRITE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then
  redis.call('XADD', KEYS[2], '*', 'e', ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
if ARGV[5] == '1' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
"""


@dataclass(slots=True)
class _Flight:
    key: str
    name: str
    fence: str = field(default_factory=lambda: secrets.token_hex(8))
    at: str = "0"
    text: str = ""
    called: bool = False
    ended: bool = False
    adopted: bool = False

    @property
    def value(self) -> str:
        return f"{self.name}:{self.fence}"

    def hear(self, event: Event) -> None:
        """Remember what has been handed on."""
        self.text += event.text if isinstance(event, Text) else ""
        self.called |= isinstance(event, Call)
        self.ended |= isinstance(event, Finished)


class _Outbox:
    """What the leader has still to write."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.over = False
        self._written = 0
        self._waiting: list[Event | Broken] = []

    def put(self, event: Event | Broken) -> None:
        self._waiting.append(event)
        self.over |= isinstance(event, (Finished, Broken))
        self.ready.set()

    def take(self) -> bytes:
        """Return all that waits as one batch; a leader that says too much is broken off for its followers."""
        self.ready.clear()
        waiting, self._waiting = self._waiting, []
        batch = encoded(waiting) if waiting else b""
        self._written += len(batch)
        if self._written > MOST_BYTES:
            self.over = True
            return encoded([Broken("too_long")])
        return batch


class RedisStreams:
    """Streams over one Redis. Redis away: every process asks for itself, at once after the first 50 ms."""

    def __init__(
        self, redis: Redis, *, prefix: str = "yourtale:ai:flight:", silent: float = SILENT, patience: float = PATIENCE
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._silent = silent
        self._patience = patience
        self._write = redis.register_script(WRITE)
        self._leading: dict[str, _Flight] = {}
        self._away_until = 0.0

    @classmethod
    def from_url(cls, url: str) -> RedisStreams:
        """Return streams with connections of their own; nothing is sent yet."""
        return cls(Redis.from_url(url, socket_connect_timeout=PATIENCE))

    async def aclose(self) -> None:
        """See Streams.aclose."""
        with suppress(*FAILURES):
            await self._redis.aclose()

    async def followed(self, key: str) -> bool:
        """See Streams.followed."""
        flight = self._leading.get(key)
        return flight is not None and bool(await self._asked(self._redis.exists(self._name(key, "heard", flight)), 0))

    async def events(self, key: str, ask: Ask) -> AsyncGenerator[Event, None]:
        """See Streams.events."""
        flight = _Flight(key, secrets.token_hex(8))
        ends_at = time.monotonic() + LONGEST
        while not flight.ended:
            led_by = await self._lead(flight)
            if led_by == flight.value:
                source = self._taken_over(flight, ask) if flight.adopted else self._led(flight, ask)
            elif led_by and time.monotonic() < ends_at and (led_by == flight.name or not flight.text):
                flight.name, flight.adopted = led_by, True
                source = self._followed(flight)
            else:
                source = self._alone(flight, ask)
            async with aclosing(source):
                async for event in source:
                    flight.hear(event)
                    yield event

    async def _lead(self, flight: _Flight) -> str:
        """Take the lead if nobody has it: our own value. Else the name of the flight that is led, "" when away."""
        name = self._name(flight.key, "lead")
        milliseconds = int(self._silent * 1000)
        taken = self._redis.set(name, flight.value, nx=True, px=milliseconds, get=True)
        held = await self._asked(taken, b"")
        if held is None:
            return flight.value
        return (held.decode() if isinstance(held, bytes) else str(held)).partition(":")[0]

    async def _alone(self, flight: _Flight, ask: Ask) -> AsyncGenerator[Event, None]:
        if flight.called:
            # The ask is whole and has been handed on: its answer begins a new call anyway.
            yield Finished("tool_calls", None, "", "", "shared")
            return
        async with aclosing(ask(flight.text)) as events:
            async for event in events:
                yield event

    async def _taken_over(self, flight: _Flight, ask: Ask) -> AsyncGenerator[Event, None]:
        """Lead on where another did, behind its very last words: it may have come to its end just before."""
        try:
            async with aclosing(self._followed(flight, wait=False)) as events:
                async for event in events:
                    yield event
        except NoProvider:
            await self._send(flight, b"", end=True)
            raise
        if flight.ended:
            await self._send(flight, b"", end=True)
            return
        async with aclosing(self._led(flight, ask)) as events:
            async for event in events:
                yield event

    async def _led(self, flight: _Flight, ask: Ask) -> AsyncGenerator[Event, None]:
        outbox = _Outbox()
        writer = asyncio.create_task(self._write_out(flight, outbox))
        self._leading[flight.key] = flight
        whole = False
        try:
            async with aclosing(self._alone(flight, ask)) as events:
                async for event in events:
                    outbox.put(event)
                    yield event
            whole = True
        except NoProvider as error:
            outbox.put(Broken(error.reason, error.detail, error.until, error.blocked))
            whole = True
            raise
        finally:
            self._leading.pop(flight.key, None)
            if not whole:
                writer.cancel()
            await asyncio.shield(self._close(flight, writer))

    async def _close(self, flight: _Flight, writer: asyncio.Task[None]) -> None:
        """Write the rest; whoever leaves gives the lead away, so that a follower need not wait for it to expire."""
        await asyncio.wait({writer}, timeout=4 * self._patience)
        if writer.cancelled():
            await self._send(flight, encoded([Broken("left")]), end=True)
        writer.cancel()

    async def _write_out(self, flight: _Flight, outbox: _Outbox) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._silent * RENEWED / SILENT):
                    await outbox.ready.wait()
            batch = outbox.take()
            if not await self._send(flight, batch, end=outbox.over) or outbox.over:
                return
            await asyncio.sleep(GATHERED)

    async def _send(self, flight: _Flight, batch: bytes, *, end: bool) -> bool:
        """Write as the leader; False when the lead is lost or Redis is away."""
        keys = [self._name(flight.key, "lead"), self._name(flight.key, "words", flight)]
        seconds = KEPT_AFTER_END if end else int(LONGEST)
        values: list[str | bytes | int] = [flight.value, int(self._silent * 1000), batch, seconds, "1" if end else "0"]
        return bool(await self._asked(self._write(keys=keys, args=values), 0))

    async def _followed(self, flight: _Flight, *, wait: bool = True) -> AsyncGenerator[Event, None]:
        """Yield what the leader writes until the end, or until it is silent. Raises NoProvider as the leader did.

        Not to `wait` yields what is written by now.
        """
        words, heard = self._name(flight.key, "words", flight), self._name(flight.key, "heard", flight)
        pause = self._silent * RENEWED / SILENT
        while True:
            try:
                async with asyncio.timeout(pause + 4 * self._patience):
                    if wait:
                        await self._redis.set(heard, 1, px=int(FOLLOWED * 1000))
                    block = int(pause * 1000) if wait else None
                    found: Any = await self._redis.xread({words: flight.at}, count=BATCHES, block=block)
            except FAILURES:
                self._away_until = time.monotonic() + AWAY
                return
            if not found:
                return
            for at, fields in _entries(found):
                flight.at = at
                for event in decoded(fields):
                    if isinstance(event, Broken):
                        if event.reason in {"left", "too_long"} and wait:
                            return
                        if event.reason in {"left", "too_long"}:
                            continue
                        raise event.error(flight.text)
                    yield _shared(event)
            if flight.ended:
                return

    async def _asked(self, work: Any, default: Any) -> Any:
        """Return what Redis says within 50 ms; after a failure it is not asked for a second."""
        now = time.monotonic()
        if now < self._away_until:
            work.close()
            return default
        try:
            async with asyncio.timeout(self._patience):
                return await work
        except FAILURES:
            self._away_until = now + AWAY
            return default

    def _name(self, key: str, what: str, flight: _Flight | None = None) -> str:
        # The braces keep all keys of a flight in one slot of a cluster.
        return f"{self._prefix}{{{key}}}:{what}{f':{flight.name}' if flight else ''}"


def _entries(found: Any) -> list[tuple[str, bytes]]:
    """Return (id, batch) of an XREAD's answer, whichever protocol version it came in."""
    streams = found.values() if isinstance(found, dict) else [entries for _, entries in found]
    rows = [row for entries in streams for row in (entries[0] if entries and isinstance(entries[0], list) else entries)]
    return [(at.decode() if isinstance(at, bytes) else at, fields[b"e"]) for at, fields in rows]


def _shared(event: Event) -> Event:
    if isinstance(event, Finished):
        return Finished(event.reason, Usage(), event.provider, event.model, "shared")
    return event
