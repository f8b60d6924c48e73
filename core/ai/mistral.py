"""Mistral over its documented HTTP: the official SDK builds pydantic models on every call, this does not."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from core.ai.chat_http import stream_chat
from core.ai.chat_wire import ChunkReader, encode_messages, encode_schema, encode_tools
from core.ai.errors import KeyRejected, Malformed, ProviderError, RateLimited, Unavailable
from core.ai.provider import ModelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    import aiohttp

    from core.ai.events import ProviderEvent
    from core.ai.prompt import Prompt

CALL_ID = re.compile(r"[a-zA-Z0-9]{9}")


def call_id(original: str) -> str:
    """Return the id itself where Mistral takes it (nine letters or digits), else nine that stand for it."""
    if CALL_ID.fullmatch(original):
        return original
    return hashlib.sha256(original.encode()).hexdigest()[:9]


class Mistral:
    """A Provider. `base_url` is without the version, as the SDK's `server_url`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: str,
        models: Mapping[str, ModelSettings],
        *,
        name: str = "mistral",
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._models = models
        self._name = name
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
        }

    def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """See Provider.stream."""
        return stream_chat(
            self._session,
            f"{self._base_url}/v1/chat/completions",
            self._headers,
            self.request(model, prompt),
            ChunkReader(self._name, model),
        )

    def request(self, model: str, prompt: Prompt) -> dict[str, object]:
        """Body of the request."""
        settings = self._models.get(model) or ModelSettings(model)
        messages = encode_messages(prompt, call_id)
        if shown := prompt.prefix.rstrip():
            messages.append({"role": "assistant", "content": shown, "prefix": True})
        request: dict[str, object] = {
            "model": model,
            "messages": messages,
            "temperature": prompt.temperature,
            "max_tokens": settings.output_bound(prompt),
            "stream": True,
        }
        if prompt.tools:
            request["tools"] = encode_tools(prompt.tools)
        if prompt.schema is not None:
            request["response_format"] = encode_schema(prompt.schema)
        if prompt.cache_scope:
            request["prompt_cache_key"] = prompt.cache_scope
        if settings.thinking is not None:
            request["reasoning_effort"] = settings.thinking
        return request | dict(settings.extra)

    async def models(self) -> tuple[str, ...]:
        """See Provider.models; not hot, so the official SDK asks."""
        from mistralai.client import Mistral as Client
        from mistralai.client.errors import MistralError

        try:
            async with Client(api_key=self._key, server_url=self._base_url, timeout_ms=10_000) as client:
                listed = await client.models.list_async()
        except MistralError as error:
            raise _typed(error.status_code, str(error.body)) from error
        except OSError as error:
            raise Unavailable(type(error).__name__) from error
        return tuple(model.id for model in listed.data or ())

    async def aclose(self) -> None:
        """The session belongs to the router."""


def _typed(status: int, body: str) -> ProviderError:
    if status in {401, 402, 403}:
        return KeyRejected(body)
    if status == 429:
        return RateLimited(body)
    return Malformed(body) if status < 400 else Unavailable(body)
