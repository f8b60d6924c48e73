"""One question put to the router, and all that happened to it."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from bot.ai import mapping
from bot.ai_prompts import prompt
from bot.answers import Answers, ReadByGroups
from bot.settings import Settings
from bot.settings_source import SettingsError
from core.ai import Account, Attempt, Finished, MemoryCache, NoProvider, Prompt, Router, Silent, Text, Usage
from core.game.state import Language
from core.i18n import text
from core.story.questions.rules import worth_keeping


@dataclass(frozen=True)
class Asked:
    """What the command line asks."""

    type: str
    text: str
    locale: Language
    system: str = ""


@dataclass(frozen=True)
class Tried:
    """One call; seconds, tokens, and money in millionths of a dollar."""

    provider: str
    model: str
    outcome: str
    seconds: float
    input: int
    cached: int
    output: int
    micro_usd: int


@dataclass
class Answer:
    """What came of a question. `source`: provider, cache or shared; `cache`: none, hit, variant, shared or miss."""

    text: str = ""
    provider: str = ""
    model: str = ""
    source: str = ""
    cache: str = "none"
    reason: str = ""
    calls: list[str] = field(default_factory=list)
    seconds: float = 0.0
    first_word_seconds: float | None = None
    micro_usd: int = 0
    attempts: list[Tried] = field(default_factory=list)
    failed: str = ""
    detail: str = ""

    def lines(self, locale: str) -> list[str]:
        """Return it for a person to read."""
        found = [line for line in (self.text, *(f"[{call}]" for call in self.calls)) if line]
        if self.failed:
            found.append(text(locale, "ai.no_answer", reason=self.failed, detail=self.detail))
        else:
            key = "ai.ask.from_cache" if self.source == "cache" else "ai.ask.answered"
            first = f"{self.first_word_seconds or self.seconds:.2f}"
            model = f"{self.provider}/{self.model}"
            found += ["", text(locale, key, model=model, seconds=f"{self.seconds:.2f}", first=first)]
        found.append(text(locale, "ai.ask.lookup", state=text(locale, f"ai.lookup.{self.cache}")))
        used = {name: sum(getattr(tried, name) for tried in self.attempts) for name in ("input", "cached", "output")}
        found.append(text(locale, "ai.ask.cost", usd=_usd(self.micro_usd), **used))
        for number, tried in enumerate(self.attempts, start=1):
            values = {
                "model": f"{tried.provider}/{tried.model}",
                "outcome": tried.outcome,
                "usd": _usd(tried.micro_usd),
            }
            found.append(text(locale, "ai.ask.attempt", number=number, seconds=f"{tried.seconds:.2f}", **values))
        return found


class _Watching(Silent):
    """Notes what happens to the question that is asked now."""

    def __init__(self) -> None:
        self.answer = Answer()

    def attempt_finished(
        self, attempt: Attempt, outcome: str, seconds: float, usage: Usage | None, micro_usd: int
    ) -> None:
        """See Observer."""
        used = usage or Usage()
        tokens = used.input, used.cached, used.output + used.thinking
        self.answer.attempts.append(Tried(attempt.provider, attempt.model, outcome, seconds, *tokens, micro_usd))
        self.answer.micro_usd += micro_usd

    def looked_up(self, kind: str, result: str) -> None:
        """See Observer."""
        del kind
        self.answer.cache = result


async def ask(given: Settings, local: Mapping[str, Any] | None, asked: Asked, times: int) -> list[Answer]:
    """Ask the providers of the settings, or those of `local`. Raises SettingsError where there are none."""
    plain = local or mapping(given)
    if not plain["providers"]:
        raise SettingsError([text(asked.locale, "ai.no_provider")])
    made = prompt(asked.type, asked.text, asked.locale, asked.system)
    if made is None:
        raise SettingsError([text(asked.locale, "ai.not_rules")])
    watching = _Watching()
    async with AsyncExitStack() as stack:
        parts: dict[str, Any] = {"cache": MemoryCache()}
        if given.redis_url is not None and local is None:
            redis = Redis.from_url(given.redis)
            stack.push_async_callback(redis.aclose)
            parts = {"cache": Answers(redis), "readings": ReadByGroups(redis)}
        router = Router.from_mapping(plain, observer=watching, worth=worth_keeping, **parts)
        await stack.enter_async_context(router)
        return [await _once(router, made, watching) for _ in range(times)]


async def _once(router: Router, made: Prompt, watching: _Watching) -> Answer:
    answer = watching.answer = Answer()
    begun = time.monotonic()
    try:
        async with aclosing(router.stream(made, account=Account())) as events:
            async for event in events:
                if answer.first_word_seconds is None:
                    answer.first_word_seconds = time.monotonic() - begun
                if isinstance(event, Text):
                    answer.text += event.text
                elif isinstance(event, Finished):
                    answer.provider, answer.model = event.provider, event.model
                    answer.source, answer.reason = event.source, event.reason
                else:
                    answer.calls.append(f"{event.call.name} {dict(event.call.arguments)}")
    except NoProvider as error:
        answer.failed, answer.detail = error.reason, error.detail
    answer.seconds = time.monotonic() - begun
    return answer


def _usd(micro_usd: int) -> str:
    return f"{micro_usd / 1_000_000:.6f}"
