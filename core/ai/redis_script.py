"""One script on one Redis, asked with a short patience. A Redis that is away is waited for in the background."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redis.asyncio import Redis

PATIENCE = 0.05
FIRST_PATIENCE = 0.5
PAUSE = 0.25
CONNECT_SECONDS = 2.0


class Away(Exception):  # noqa: N818 - a state, not a fault
    """Redis does not answer. `unknown`: it may yet do what it was asked."""

    def __init__(self, *, unknown: bool) -> None:
        super().__init__(unknown)
        self.unknown = unknown


def connect(url: str) -> Redis:
    """Open a client that neither tries again by itself nor waits for long; the script's own patience is shorter."""
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS
    )


class Script:
    """A batch of operations for `limits.lua`. `back` is called when Redis answers again after it was away."""

    def __init__(self, redis: Redis, prefix: str, lease_seconds: float, back: Callable[[], None]) -> None:
        self._redis = redis
        self._prefix = prefix
        self._lease_seconds = lease_seconds
        self._back = back
        self._source = resources.files(__package__).joinpath("limits.lua").read_text("utf-8")
        self._sha = self._boot = ""
        self._away: asyncio.Task[None] | None = None

    @property
    def away(self) -> bool:
        """Whether Redis is known not to answer."""
        return self._away is not None

    async def run(self, operations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Answers, one an operation. Raises Away within PATIENCE, which is longer while there is no connection yet."""
        if self._away is not None:
            raise Away(unknown=False)
        asked = asyncio.ensure_future(self._ask(operations))
        await asyncio.wait({asked}, timeout=PATIENCE if self._sha else FIRST_PATIENCE)
        if not asked.done():
            # This loop itself may have been late: what has come meanwhile is read in its next turn.
            await asyncio.sleep(0)
            await asyncio.wait({asked}, timeout=0.001)
        if not asked.done() or asked.exception() is not None:
            self._away = asyncio.create_task(self._wait(asked))
            raise Away(unknown=True)
        return asked.result()

    async def aclose(self) -> None:
        """Give back the connection."""
        if self._away is not None:
            self._away.cancel()
            await asyncio.wait({self._away})
        with suppress(Exception):
            await self._redis.aclose()

    async def _ask(self, operations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        from redis.exceptions import NoScriptError

        try:
            if self._sha:
                return await self._call("EVALSHA", self._sha, operations)
        except NoScriptError:
            pass
        # A Redis that was started again may have lost its last second: its text, and so its hash, is another,
        # and so are the names of its counters, which are then built from the ledger.
        found = await self._redis.info("server")
        self._boot = str(found.get("run_id", ""))[:12]
        text = f"-- {self._boot}\n{self._source}"
        answers = await self._call("EVAL", text, operations)
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        return answers

    async def _call(self, command: str, script: str, operations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        answer = await self._redis.execute_command(  # type: ignore[no-untyped-call]
            command,
            script,
            2,
            f"{self._prefix}leases",
            f"{self._prefix}expiry",
            self._prefix,
            f"{self._prefix}{self._boot}:",
            orjson.dumps(operations),
            self._lease_seconds,
        )
        found: list[dict[str, Any]] = orjson.loads(answer)
        return found

    async def _wait(self, asked: asyncio.Future[list[dict[str, Any]]]) -> None:
        """Until Redis answers: first what it was asked last, then anything."""
        try:
            await asyncio.wait({asked})
            answers = not asked.cancelled() and asked.exception() is None
            while not answers:
                await asyncio.sleep(PAUSE)
                with suppress(Exception):
                    answers = bool(await self._redis.ping())
        finally:
            asked.cancel()
            self._away = None
        self._back()
