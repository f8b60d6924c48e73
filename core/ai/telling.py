"""One answer out of as many attempts as it takes: who is asked next, and when to give up."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.ai.attempt import Books, run
from core.ai.errors import Blocked, Malformed, NoProvider, ProviderError, RateLimited, TooLong, Unavailable
from core.ai.events import Call, Event, Finished, Text
from core.ai.ledger import Account, Attempt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from core.ai.attempt import Deadlines
    from core.ai.budget import Budget
    from core.ai.prompt import Prompt
    from core.ai.routes import Route
    from core.ai.settings import Limits

PAUSE_BEFORE_SAME_ROUTE = 0.2
TRIES_A_ROUTE = 2


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that did not do."""

    provider: str
    model: str
    code: str
    detail: str


@dataclass(slots=True)
class Telling:
    """The state of one answer. `routes` come in order of preference."""

    prompt: Prompt
    account: Account
    routes: Sequence[Route]
    books: Books
    budget: Budget
    deadlines: Deadlines
    limits: Limits
    failures: list[Failure] = field(default_factory=list)
    micro_usd: int = 0
    _shown: str = ""
    _called: bool = False
    _tries: dict[Route, int] = field(default_factory=dict)
    _excluded: dict[Route, str] = field(default_factory=dict)
    _ends_at: float = 0.0
    _steps: int = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """Words, asks and the end. Raises NoProvider when nobody is left, also after words were handed on."""
        self._ends_at = asyncio.get_running_loop().time() + self.deadlines.whole
        if self.prompt.input_bound > self.limits.prompt_bytes:
            raise self._nobody("too_long")
        while True:
            route = await self._next_route()
            try:
                async with aclosing(self._attempt(route)) as events:
                    async for event in events:
                        self._note(event)
                        yield event
            except ProviderError as error:
                self._failed(route, error)
                if self._called:
                    # The ask is whole and has been handed on: its answer begins a new call anyway.
                    yield Finished("tool_calls", None, route.provider_name, route.model.name)
                    return
            else:
                return

    def _attempt(self, route: Route) -> AsyncGenerator[Event, None]:
        self._steps += 1
        self._tries[route] = self._tries.get(route, 0) + 1
        prompt = self._asked()
        attempt = Attempt(
            account=self.account,
            kind=prompt.kind,
            provider=route.provider_name,
            model=route.model.name,
            key_ref=route.key_ref,
            step=self._steps,
            input_bound=prompt.input_bound,
            output_bound=route.model.output_bound(prompt),
            estimate_micro_usd=self._estimate(route),
        )
        return run(route, prompt, attempt, self.books, deadlines=self.deadlines, ends_at=self._ends_at)

    def _asked(self) -> Prompt:
        """Return the prompt with all words shown by now."""
        return replace(self.prompt, prefix=self.prompt.prefix + self._shown)

    def _estimate(self, route: Route) -> int:
        prompt = self._asked()
        return route.price.bound(prompt.input_bound, route.model.output_bound(prompt))

    def _note(self, event: Event) -> None:
        if isinstance(event, Text):
            self._shown += event.text
        elif isinstance(event, Call):
            self._called = True

    def _failed(self, route: Route, error: ProviderError) -> None:
        self.failures.append(Failure(route.provider_name, route.model.name, error.code, error.detail))
        if isinstance(error, Blocked):
            raise self._nobody("blocked") from error
        if isinstance(error, TooLong):
            for other in self.routes:
                if (other.provider_name, other.model.name) == (route.provider_name, route.model.name):
                    self._excluded[other] = "too_long"
        elif isinstance(error, RateLimited):
            self._tries[route] -= 1
        elif not isinstance(error, Unavailable) and not (isinstance(error, Malformed) and error.billable):
            # What is left is a question that was refused; a garbled answer may do better a second time.
            self._excluded[route] = error.code

    async def _next_route(self) -> Route:
        """Return the route to take; waits a little for one that rests. Raises NoProvider."""
        loop = asyncio.get_running_loop()
        while True:
            if self._steps >= self.limits.attempts:
                raise self._nobody("exhausted")
            if loop.time() >= self._ends_at:
                raise self._nobody("deadline")
            route = self._best()
            if route is None:
                await self._wait_for_rest(loop.time())
            else:
                if self._tries.get(route):
                    await asyncio.sleep(PAUSE_BEFORE_SAME_ROUTE)
                if await self._acceptable(route):
                    return route

    def _open_routes(self) -> list[Route]:
        dead = self.books.health.dead
        return [
            route
            for route in self.routes
            if route not in self._excluded and not dead(route) and self._tries.get(route, 0) < TRIES_A_ROUTE
        ]

    def _best(self) -> Route | None:
        health = self.books.health
        free = [route for route in self._open_routes() if not health.rests(route)]
        ranks = {name: rank for rank, name in enumerate(dict.fromkeys(self._model(route) for route in self.routes))}
        return min(
            free,
            key=lambda route: (self._tries.get(route, 0), ranks[self._model(route)], health.load(route)),
            default=None,
        )

    @staticmethod
    def _model(route: Route) -> tuple[str, str]:
        return route.provider_name, route.model.name

    async def _acceptable(self, route: Route) -> bool:
        if self.prompt.approximate_tokens > route.model.max_input_tokens:
            self._excluded[route] = "too_long"
            return False
        if not await self.budget.allows(self.account, self._estimate(route)):
            self._excluded[route] = "budget"
            return False
        return True

    async def _wait_for_rest(self, now: float) -> None:
        health = self.books.health
        rests = [health.rests_until(route) for route in self._open_routes()]
        if not rests:
            raise self._nobody(self._why_nobody())
        seconds = min(rests) - health.clock.now()
        if seconds > self.limits.longest_wait or now + seconds >= self._ends_at:
            raise self._nobody("resting", until=min(rests))
        await asyncio.sleep(max(seconds, 0.0) + 0.005)

    def _why_nobody(self) -> str:
        dead = self.books.health.dead
        reasons = {"key_rejected" if dead(route) else self._excluded.get(route, "") for route in self.routes}
        if not self.routes:
            return "no_route"
        return reasons.pop() or "exhausted" if len(reasons) == 1 else "exhausted"

    def _nobody(self, reason: str, *, until: float | None = None) -> NoProvider:
        last = self.failures[-1] if self.failures else None
        detail = f"{last.provider}/{last.model} {last.code} {last.detail}" if last else ""
        return NoProvider(reason, detail=detail, until=until, shown=self._shown)
