"""Local AI providers and a model teller on them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from core.ai import Router
from core.story.model import ModelTeller
from playground.ai import AIProviders

MODELS = {"gemini": "gemini-3.5-flash-lite", "mistral": "mistral-small-latest", "openai": "tale-small"}
QUICK = {"first_word": 1.0, "between_words": 1.0, "whole": 5.0}


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


@pytest.fixture(params=list(MODELS))
async def models(request: pytest.FixtureRequest, ai: AIProviders) -> AsyncIterator[ModelTeller]:
    """A model teller on one provider, for each kind."""
    async with AsyncExitStack() as stack:
        yield ModelTeller(await stack.enter_async_context(router(ai, request.param)))


@pytest.fixture
async def one_model(ai: AIProviders) -> AsyncIterator[ModelTeller]:
    async with router(ai, "openai") as made:
        yield ModelTeller(made)


def router(ai: AIProviders, kind: str) -> Router:
    urls = {"gemini": ai.gemini_url, "mistral": ai.mistral_url, "openai": ai.openai_url}
    provider = {"base_url": urls[kind], "keys": ("local-key",), "models": {MODELS[kind]: {}}}
    return Router.from_mapping({"providers": {kind: provider}, "deadlines": QUICK, "limits": {"attempts": 2}})
