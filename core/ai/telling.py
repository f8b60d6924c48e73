"""One answer out of as many attempts as it takes: whose words are handed on, and when to give up."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.ai.attempt import Going, run
from core.ai.errors import Blocked, KeyRejected, Malformed, NoProvider, ProviderError, RateLimited, TooLong, Unavailable
from core.ai.events import Call, Event, Finished, Text
from core.ai.hedge import Runner, race
from core.ai.ledger import Account, Attempt
from core.ai.limits import Need, Short
from core.ai.routing import Search

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from core.ai.attempt import Tried
    from core.ai.limits import Lease
    from core.ai.prompt import Prompt
    from core.ai.routes import Route
    from core.ai.routing import Traffic

PAUSE_BEFORE_SAME_ROUTE = 0.2
CACHED_FROM = 1_024
"""Tokens from which on providers keep a prompt's beginning."""
MONEY = frozenset({"guild", "session", "person", "installation"})


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that did not do."""

    provider: str
    model: str
    code: str
    detail: str


@dataclass(slots=True)
class Telling:
    """The state of one answer. `routes` are what it may be asked of; `cheapest`: price goes before their order."""

    prompt: Prompt
    account: Account
    routes: Sequence[Route]
    traffic: Traffic
    cheapest: bool = False
    failures: list[Failure] = field(default_factory=list)
    _goings: list[Going] = field(default_factory=list)
    _shown: str = ""
    _called: bool = False
    _counted: int = 0
    _ends_at: float = 0.0
    _search: Search = field(init=False)

    def __post_init__(self) -> None:
        """Remember per telling what was found out about its routes."""
        self._search = Search(self.routes, self.traffic, self._home, cheapest=self.cheapest)

    @property
    def attempts(self) -> tuple[Tried, ...]:
        """All attempts that are over, in the order in which they were made."""
        return tuple(going.tried for going in self._goings if going.tried is not None)

    @property
    def _home(self) -> object:
        return self.prompt.cache_scope or self.account.session_id

    def asked(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the answer to another wording of the prompt."""
        self.prompt = prompt
        return self.events()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Words, asks and the end. Raises NoProvider when nobody is left, also after words were handed on."""
        self._ends_at = asyncio.get_running_loop().time() + self.traffic.deadlines.whole
        if self.prompt.input_bound > self.traffic.limits.prompt_bytes:
            raise self._nobody("too_long")
        self.traffic.hedges.earn()
        self.traffic.retries.earn()
        while True:
            going = await self._next()
            try:
                async with aclosing(self._heard(going)) as events:
                    async for event in events:
                        self._note(event)
                        yield event
            except ProviderError as error:
                going = next(one for one in self._goings if one.error is error)
                self._note_failure(going, error)
                if self._called:
                    # The ask is whole and has been handed on: its answer begins a new call anyway.
                    yield Finished("tool_calls", None, *going.route.name)
                    return
                if isinstance(error, Blocked):
                    raise self._nobody("blocked", blocked=error.detail) from error
            else:
                return

    async def _heard(self, going: Going) -> AsyncGenerator[Event, None]:
        """Events of one attempt, or of a second one beside it if that is quicker to its first word."""
        delay = self._patience(going)
        runner = Runner(going, self._run(going))
        if delay is not None:
            runner = await race(runner, delay, lambda: self._second(going), self._lost)
        async with aclosing(runner.events) as events:
            if runner.head is not None:
                yield runner.head.result()
            async for event in events:
                if isinstance(event, Finished):
                    self._settle_home(runner.going, event)
                yield event

    def _run(self, going: Going) -> AsyncGenerator[Event, None]:
        return run(going, self.traffic.books, deadlines=self.traffic.deadlines, ends_at=self._ends_at)

    def _settle_home(self, going: Going, end: Finished) -> None:
        if end.usage is not None and end.usage.input >= CACHED_FROM:
            self.traffic.homes.set(self._home, going.route.quota)

    def _patience(self, going: Going) -> float | None:
        """Seconds after which a second call is worth its money, None for never."""
        hedge, health = self.traffic.hedge, self.traffic.books.health
        if len(self._goings) > 1 or not self.traffic.hedges.can() or going.prompt.kind in hedge.off:
            return None
        known = health.first_words(going.route)
        if known.count < hedge.samples or not health.calm(going.route, health.clock.now()):
            return None
        return known.at(hedge.quantile)

    async def _second(self, first: Going) -> Runner | None:
        """Reserve a second call in another scope. None where that cannot be had."""
        health = self.traffic.books.health
        now = health.clock.now()
        route = self._search.best(now, avoid=first.route.quota[:2])
        calm = route is not None and health.state(route, now) == "ready" and health.calm(route, now)
        if route is None or not calm or not self.traffic.hedges.spend():
            return None
        going = await self._reserve(route)
        if going is None:
            self.traffic.hedges.tokens += 1
            return None
        self.traffic.books.observer.hedged(going.attempt)
        return Runner(going, self._run(going))

    def _lost(self, runner: Runner, error: ProviderError | None) -> None:
        if error is not None:
            self._note_failure(runner.going, error)
        self.traffic.books.later(runner.leave())

    def _note(self, event: Event) -> None:
        if isinstance(event, Text):
            self._shown += event.text
        elif isinstance(event, Call):
            self._called = True

    def _note_failure(self, going: Going, error: ProviderError) -> None:
        route = going.route
        self.failures.append(Failure(*route.name, error.code, error.detail))
        if isinstance(error, (RateLimited, KeyRejected)):
            # Refused at the door: it is no try, but nothing is hedged after it either.
            self._counted -= 1
            self._search.tried(route, -1)
            if isinstance(error, RateLimited) and error.until is not None:
                limits = self.traffic.books.limits
                self.traffic.books.later(limits.block(*route.quota, error.until.timestamp()))
        elif isinstance(error, TooLong):
            self._search.exclude_model(route, "too_long")
        elif not isinstance(error, Unavailable) and not (isinstance(error, Malformed) and error.billable):
            # What is left is a question that was refused; a garbled answer may do better a second time.
            self._search.exclude(route, error.code)

    async def _next(self) -> Going:
        """Choose and reserve the next attempt; waits a little for a route that rests. Raises NoProvider."""
        loop, clock, limits = asyncio.get_running_loop(), self.traffic.books.health.clock, self.traffic.limits
        while True:
            if self._counted >= limits.attempts or len(self._goings) >= 2 * limits.attempts:
                raise self._nobody("exhausted")
            if loop.time() >= self._ends_at:
                raise self._nobody("deadline")
            now = clock.now()
            route = self._search.best(now)
            if route is None:
                await self._rest(now, loop.time())
            elif (going := await self._reserve(route)) is not None:
                return going

    async def _reserve(self, route: Route) -> Going | None:
        """Take what one call may use; None where the route will not do (now) after all."""
        prompt, search, health = self._asked(), self._search, self.traffic.books.health
        if prompt.approximate_tokens > route.model.max_input_tokens:
            search.exclude(route, "too_long")
            return None
        again = search.again(route)
        if again and not self.traffic.retries.spend():
            search.exclude(route, "exhausted")
            return None
        probe = health.state(route, health.clock.now()) == "due"
        if probe and not await health.claim(route):
            return None
        attempt = self._attempt(route, prompt)
        lease = await self._lease(route, prompt, attempt)
        if lease is None:
            if probe:
                health.release(route)
            return None
        if again:
            await asyncio.sleep(PAUSE_BEFORE_SAME_ROUTE * self.traffic.random.uniform(0.5, 1.5))
        search.tried(route)
        self._counted += 1
        going = Going(route, prompt, replace(attempt, lease=lease.id), lease, probe, joins=bool(self._shown))
        self._goings.append(going)
        return going

    def _attempt(self, route: Route, prompt: Prompt) -> Attempt:
        output = route.model.output_bound(prompt)
        return Attempt(
            account=self.account,
            kind=prompt.kind,
            provider=route.provider_name,
            model=route.model.name,
            key_ref=route.key_ref,
            step=len(self._goings) + 1,
            input_bound=prompt.input_bound,
            output_bound=output,
            estimate_micro_usd=route.price.bound(prompt.input_bound, output),
        )

    async def _lease(self, route: Route, prompt: Prompt, attempt: Attempt) -> Lease | None:
        need = Need(
            self.account,
            route.provider_name,
            route.scope,
            route.model.name,
            prompt.approximate_tokens,
            attempt.output_bound,
            attempt.estimate_micro_usd,
            attempt.kind,
        )
        taken = await self.traffic.books.limits.take(need)
        if not isinstance(taken, Short):
            return taken
        if taken.what in MONEY:
            self._search.exclude(route, "budget")
        elif taken.until is None:
            self._search.exclude(route, "too_long")
        else:
            self._search.short(route, taken.until)
        return None

    def _asked(self) -> Prompt:
        """Return the prompt with all words shown by now."""
        return replace(self.prompt, prefix=self.prompt.prefix + self._shown) if self._shown else self.prompt

    async def _rest(self, now: float, loop_now: float) -> None:
        """Wait until a route is free, if that is soon. Raises NoProvider."""
        until = self._search.free_at(now)
        if until is None:
            raise self._nobody(self._search.why_nobody())
        seconds = until - now
        if seconds > self.traffic.limits.longest_wait or loop_now + seconds >= self._ends_at:
            raise self._nobody("resting", until=until)
        await asyncio.sleep(max(seconds, 0.0) + 0.005)

    def _nobody(self, reason: str, *, until: float | None = None, blocked: str = "") -> NoProvider:
        last = self.failures[-1] if self.failures else None
        detail = f"{last.provider}/{last.model} {last.code} {last.detail}" if last else ""
        return NoProvider(reason, detail=detail, until=until, shown=self._shown, blocked=blocked)
