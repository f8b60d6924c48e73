"""A local provider for each test, routers on it, and the clients that are compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.ai import (
    Account,
    Call,
    Event,
    Finished,
    MemoryLedger,
    Message,
    ModelSettings,
    Prompt,
    Provider,
    Router,
    Text,
    Tool,
    ToolCall,
)
from core.ai.gemini import Gemini
from core.ai.http import open_session
from core.ai.mistral import Mistral
from core.ai.openai_compatible import OpenAICompatible
from playground.ai import AIProviders
from tests.ai.sdk import GenaiSDK, MistralSDK

MODELS = {"gemini": "gemini-3.5-flash-lite", "mistral": "mistral-small-latest", "openai": "tale-small"}
CHECK = Tool(
    "check",
    "Ask the engine for a check.",
    {"type": "object", "properties": {"who": {"type": "string"}, "level": {"type": "string"}}, "required": ["who"]},
)
SYSTEM = Message("system", "You narrate. Answer only in American English.")


def ask(text: str = "I open the door", **fields: Any) -> Prompt:
    return Prompt(kind="narration", messages=(SYSTEM, Message("user", text)), **fields)


@dataclass
class Heard:
    events: list[Event] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def calls(self) -> list[ToolCall]:
        return [event.call for event in self.events if isinstance(event, Call)]

    @property
    def end(self) -> Finished:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last


async def hear(router: Router, prompt: Prompt, account: Account | None = None) -> Heard:
    heard = Heard()
    async for event in router.stream(prompt, account=account or Account()):
        heard.events.append(event)
    return heard


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


MakeRouter = Callable[..., Router]


@pytest.fixture
async def router(ai: AIProviders, ledger: MemoryLedger) -> AsyncIterator[MakeRouter]:
    """Make routers over the local providers: `router("mistral", "openai")` asks in that order."""
    async with AsyncExitStack() as stack:

        def make(*kinds: str, keys: tuple[Any, ...] = ("local-key",), parts: Any = None, **mapping: Any) -> Router:
            urls = {"gemini": ai.gemini_url, "mistral": ai.mistral_url, "openai": ai.openai_url}
            providers = {kind: {"base_url": urls[kind], "keys": keys, "models": {MODELS[kind]: {}}} for kind in kinds}
            made = Router.from_mapping({"providers": providers, **mapping}, **{"ledger": ledger, **(parts or {})})
            stack.push_async_callback(made.aclose)
            return made

        yield make


CLIENTS = {
    "gemini": (Gemini, "gemini"),
    "mistral": (Mistral, "mistral"),
    "openai": (OpenAICompatible, "openai"),
    "google-genai": (GenaiSDK, "gemini"),
    "mistralai": (MistralSDK, "mistral"),
}
OURS = ("gemini", "mistral", "openai")


@dataclass
class Client:
    """One client of a local provider."""

    provider: Provider
    kind: str
    model: str


MakeClient = Callable[..., Client]


@pytest.fixture
async def client(ai: AIProviders) -> AsyncIterator[MakeClient]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())

        def make(name: str, key: str = "local-key") -> Client:
            shape, kind = CLIENTS[name]
            url = {"gemini": ai.gemini_url, "mistral": ai.mistral_url, "openai": ai.openai_url}[kind]
            models = {MODELS[kind]: ModelSettings(MODELS[kind])}
            provider: Any = shape(session, url, key, models, name=kind)
            stack.push_async_callback(provider.aclose)
            return Client(provider, kind, MODELS[kind])

        yield make
