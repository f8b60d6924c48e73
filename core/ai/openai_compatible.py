"""Any server that speaks OpenAI's chat completions: OpenAI, Ollama, llama.cpp, vLLM, OpenRouter and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ai.chat_http import list_models, stream_chat
from core.ai.chat_wire import ChunkReader, encode_messages, encode_schema, encode_tools
from core.ai.continuation import instruction
from core.ai.provider import ModelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    import aiohttp

    from core.ai.events import ProviderEvent
    from core.ai.prompt import Prompt


class OpenAICompatible:
    """A Provider over documented HTTP. `base_url` includes the version, as in `https://api.openai.com/v1`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: str,
        models: Mapping[str, ModelSettings],
        *,
        name: str = "openai",
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._models = models
        self._name = name
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        # OpenAI's newer models refuse the old name, most compatible servers do not know the new one.
        self._limit_field = "max_completion_tokens" if "api.openai.com" in base_url else "max_tokens"

    def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """See Provider.stream."""
        return stream_chat(
            self._session,
            f"{self._base_url}/chat/completions",
            self._headers,
            self.request(model, prompt),
            ChunkReader(self._name, model),
        )

    def request(self, model: str, prompt: Prompt) -> dict[str, object]:
        """Body of the request."""
        settings = self._models.get(model) or ModelSettings(model)
        messages = encode_messages(prompt)
        if shown := prompt.prefix.rstrip():
            messages.append({"role": "assistant", "content": shown})
            messages.append({"role": "user", "content": instruction(prompt.locale)})
        request: dict[str, object] = {
            "model": model,
            "messages": messages,
            "temperature": prompt.temperature,
            self._limit_field: settings.output_bound(prompt),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if prompt.tools:
            request["tools"] = encode_tools(prompt.tools)
        if prompt.schema is not None:
            request["response_format"] = encode_schema(prompt.schema)
        if settings.thinking is not None:
            request["reasoning_effort"] = settings.thinking
        return request | dict(settings.extra)

    async def models(self) -> tuple[str, ...]:
        """See Provider.models."""
        return await list_models(self._session, f"{self._base_url}/models", self._headers)

    async def aclose(self) -> None:
        """The session belongs to the router."""
