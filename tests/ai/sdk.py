"""The official SDKs behind our Provider protocol, used as their documentation shows: the reference in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
from google import genai
from google.genai import errors as genai_errors
from google.genai import types
from mistralai.client import Mistral
from mistralai.client.errors import MistralError

from core.ai import KeyRejected, Malformed, ModelSettings, Prompt, ProviderError, RateLimited, TooLong, Unavailable
from core.ai.chat_wire import ChunkReader
from core.ai.gemini_wire import ResponseReader, encode
from core.ai.mistral import Mistral as Lean

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping


def typed(status: int, text: str) -> ProviderError:
    if status in {401, 403} or "API key" in text:
        return KeyRejected(text)
    if status == 429:
        return RateLimited(text)
    if "too large" in text or "exceeds" in text:
        return TooLong(text)
    return Unavailable(text) if status >= 500 else Malformed(text)


class GenaiSDK:
    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, key: str, models: Mapping[str, ModelSettings], *, name: str
    ) -> None:
        self._models = models
        retry = types.HttpRetryOptions(attempts=1)
        options = types.HttpOptions(base_url=base_url, api_version="v1beta", retry_options=retry)
        self._client = genai.Client(api_key=key, http_options=options)
        self._name = name
        self._session = session

    async def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[Any, None]:
        contents, config = encode(prompt, self._models.get(model) or ModelSettings(model))
        reader = ResponseReader(self._name, model)
        try:
            async for chunk in await self._client.aio.models.generate_content_stream(
                model=model, contents=contents, config=config
            ):
                for event in reader.feed(chunk):
                    yield event
        except genai_errors.APIError as error:
            raise typed(int(error.code or 500), str(error)) from error
        except aiohttp.ClientError as error:
            raise Unavailable(str(error)) from error
        except genai_errors.UnknownApiResponseError as error:
            raise Malformed(str(error)[:50]) from error
        yield reader.finish()

    async def models(self) -> tuple[str, ...]:
        page = await self._client.aio.models.list()
        return tuple((model.name or "").removeprefix("models/") for model in page.page)

    async def aclose(self) -> None:
        await self._client.aio.aclose()


class MistralSDK:
    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, key: str, models: Mapping[str, ModelSettings], *, name: str
    ) -> None:
        self._client = Mistral(api_key=key, server_url=base_url)
        self._lean = Lean(session, base_url, key, models)
        self._name = name

    async def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[Any, None]:
        request = self._lean.request(model, prompt)
        reader = ChunkReader(self._name, model)
        try:
            async with await self._client.chat.stream_async(**request) as chunks:  # type: ignore[arg-type]
                async for chunk in chunks:
                    for event in reader.feed(orjson.dumps(chunk.data.model_dump(mode="json"))):
                        yield event
        except MistralError as error:
            raise typed(error.status_code, str(error.body)) from error
        except (OSError, ConnectionError) as error:
            raise Unavailable(str(error)) from error
        except Exception as error:
            if isinstance(error, ProviderError) or type(error).__module__.startswith("core."):
                raise
            kind = Unavailable if "httpx" in type(error).__module__ else Malformed
            raise kind(type(error).__name__) from error
        for event in reader.finish():
            yield event

    async def models(self) -> tuple[str, ...]:
        listed = await self._client.models.list_async()
        return tuple(model.id for model in listed.data or ())

    async def aclose(self) -> None:
        await self._client.__aexit__(None, None, None)
